import type { Execution, ExecutionNode } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Client } from '../../../helpers/client/client';
import type { ExpectedChild, ExpectedRun } from '../../e2e/support/model/expectation';
import type { Ledger, LedgerEntry } from '../../../helpers/scenario/ledger';
import { NAMES } from './case-names';

/** One execution as a target stores it. A test changes it to make the target wrong. */
export interface Row {
  readonly label: string;
  node: ExecutionNode;
  execution: Pick<Execution, 'config' | 'result'>;
  starts: number;
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** The number of executions that end before each one, by its label. */
function ranksOf({ order }: ExpectedRun, label: string): number {
  const before = order.filter((relation) => relation.endsWith(` < ${label}`)).map((each) => each.split(' < ')[0]!);
  return before.length === 0 ? 0 : 1 + Math.max(...before.map((each) => ranksOf({ order } as ExpectedRun, each)));
}

function resultOf({ status, received, exitCode, error, workflow }: ExpectedChild): JsonObject {
  const printed = { params: received, attempt: 1 };
  if (workflow) return { succeeded: status === 'completed', ...workflow.output, ...(error !== null && { error }) };
  if (status === 'completed') return { exit_code: exitCode, data: printed };
  return { exit_code: exitCode, error, stdout: `${JSON.stringify(printed)}\n` };
}

/** A target that has recorded exactly what is expected of a run without inquiries. */
export class RecordedTarget {
  readonly rows: Row[] = [];
  private readonly root: ExecutionNode;

  constructor(private readonly run: ExpectedRun) {
    this.root = this.nodeOf(1, run.status, []);
    this.root.children = this.childrenOf(run);
  }

  private nodeOf(id: number, status: ExecutionNode['status'], children: ExecutionNode[]): ExecutionNode {
    return {
      id,
      status,
      action_ref: NAMES.program,
      children,
      created: instant(0),
      updated: instant(0),
    } as ExecutionNode;
  }

  private childrenOf(run: ExpectedRun): ExecutionNode[] {
    const ids = new Map(run.children.map(({ label }, n) => [label, this.rows.length + n + 2]));
    const nodes = run.children.map((child) => this.addRow(child, run, ids));
    run.children.forEach(({ workflow }, n) => {
      if (workflow) nodes[n]!.children = this.childrenOf(workflow);
    });
    return nodes;
  }

  private addRow(child: ExpectedChild, run: ExpectedRun, ids: ReadonlyMap<string, number>): ExecutionNode {
    const [, task_name = '', index, retry] = /^(.+?)(?:\[(\d+)\])?#(\d+)$/.exec(child.label) ?? [];
    const windows = Math.floor(Number(index ?? 0) / (run.overlap[task_name] ?? 1));
    const start = 10 * (windows + ranksOf(run, child.label));
    const node = {
      ...this.nodeOf(ids.get(child.label)!, child.status, []),
      started_at: instant(start),
      finished_at: instant(start + 5),
      ...(child.originalExecution !== null && { original_execution: ids.get(child.originalExecution) }),
      workflow_task: {
        task_name,
        task_index: index === undefined ? null : Number(index),
        retry_count: Number(retry),
        max_retries: child.maxRetries,
        timed_out: child.isTimedOut,
        ...(child.triggeredBy !== null && { triggered_by: child.triggeredBy }),
      },
    } as ExecutionNode;
    const execution = { config: child.parameters, result: resultOf(child) };
    this.rows.push({ label: child.label, node, execution, starts: child.starts });
    return node;
  }

  row(label: string): Row {
    return this.rows.find((row) => row.label === label)!;
  }

  /** Removes an execution, or adds one with the fields of another. */
  remove(label: string): void {
    this.root.children = this.root.children.filter((child) => child !== this.row(label).node);
  }

  copy(label: string, task: Partial<NonNullable<ExecutionNode['workflow_task']>>): void {
    const { node, execution, starts } = this.row(label);
    const id = 100 + this.rows.length;
    const copy = { ...node, id, workflow_task: { ...node.workflow_task!, ...task } };
    this.root.children.push(copy);
    this.rows.push({ label: 'a copy', node: copy, execution, starts });
  }

  client(): Client {
    const result =
      this.run.status === 'completed'
        ? { succeeded: true, ...this.run.output }
        : {
            error: `Workflow failed: ${this.run.failedTasks.length} task(s) failed: ${this.run.failedTasks.join(', ')}`,
          };
    const executions = {
      tree: () => Promise.resolve(this.root),
      get: (id: number) => Promise.resolve(this.rows.find(({ node }) => node.id === id)?.execution ?? { result }),
    };
    return { executions } as unknown as Client;
  }

  ledger(): Ledger {
    const entries = this.rows.flatMap(({ node, starts }) =>
      Array.from({ length: starts }, (): LedgerEntry[] => {
        const times = [Date.parse(node.started_at!) + 1, Date.parse(node.finished_at!) - 1];
        return (['start', 'end'] as const).map((event, n) => ({
          ledger: '/ledger',
          key: 'k',
          event,
          execution: node.id,
          pid: 1,
          atMs: times[n]!,
        }));
      }).flat(),
    );
    return { path: '/ledger', entries: () => entries, count: () => entries.length };
  }
}
