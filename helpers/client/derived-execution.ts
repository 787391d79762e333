import type { Execution, ExecutionNode, ExecutionSummary } from '../../contract/executions';
import type { Received } from '../../contract/extension';
import { isObject, type JsonObject } from '../../contract/json';
import { isTerminal } from '../../contract/status';

/**
 * What a client derives of an execution where a platform lacks an extension of the contract:
 * `finished_at`, and the tree.
 */

type TimedRow = Pick<ExecutionSummary, 'status' | 'updated'> & { readonly finished_at?: string | null };

/** Without `finished_at` the last update of an ended execution is its end. */
export const withFinishedAt = <T extends TimedRow>(row: T): T & { finished_at: string | null } => ({
  ...row,
  finished_at: row.finished_at === undefined ? (isTerminal(row.status) ? row.updated : null) : row.finished_at,
});

type ReceivedExecution = Received<typeof Execution>;

const MAX_READS = 5;

/**
 * Reads an execution. Without `finished_at` its last update counts as its end once two reads of
 * the ended execution agree; if it still moves after 5 reads, `finished_at` is null.
 */
export async function readExecution(read: () => Promise<ReceivedExecution>): Promise<Execution> {
  let execution = await read();
  for (let reads = 1; execution.finished_at === undefined && isTerminal(execution.status); reads++) {
    if (reads === MAX_READS) return { ...execution, finished_at: null };
    const before = execution.updated;
    execution = await read();
    if (execution.updated === before) break;
  }
  return withFinishedAt(execution);
}

interface TreeSource {
  get(id: number): Promise<Execution>;
  children(parent: number): Promise<ExecutionSummary[]>;
}

/**
 * The tree of an execution from single reads. It lacks what only the log records: `stderr_tail`,
 * `waiting_for`, and attempts of one execution after the first.
 */
export const readTree = (source: TreeSource, id: number): Promise<ExecutionNode> =>
  readNode(source, { id, rule_ref: null, trigger_ref: null }, new Set([id]));

type NodeRow = Pick<ExecutionSummary, 'id' | 'rule_ref' | 'trigger_ref'>;

/** Reads each execution once: a platform that lists one in two places has no endless tree. */
async function readNode(source: TreeSource, row: NodeRow, read: Set<number>): Promise<ExecutionNode> {
  const [execution, children] = await Promise.all([source.get(row.id), source.children(row.id)]);
  const unread = children.filter(({ id }) => !read.has(id));
  for (const { id } of unread) read.add(id);
  const { result } = execution;
  return {
    ...execution,
    rule_ref: row.rule_ref,
    trigger_ref: row.trigger_ref,
    attempt: 1,
    ...outcomeOf(isObject(result) ? result : {}),
    waiting_for: null,
    children: await Promise.all(unread.map((child) => readNode(source, child, read))),
  };
}

const TAIL_LINES = 50;

const outcomeOf = ({ exit_code: exitCode, error, timeout_level: level, stdout }: JsonObject) => ({
  exit_code: typeof exitCode === 'number' ? exitCode : null,
  error: typeof error === 'string' ? error : null,
  timeout_level: typeof level === 'string' ? level : null,
  stdout_tail: typeof stdout === 'string' ? lastLines(stdout) : '',
  stderr_tail: '',
});

/** The last 50 lines; a final newline ends the last one. */
const lastLines = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .slice(-TAIL_LINES)
    .join('');
