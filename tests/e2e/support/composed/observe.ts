import type { Execution, ExecutionNode } from '../../../../contract/executions';
import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { textOrJson } from '../../../../contract/json-text/text-or-json';
import type { Client } from '../../../../helpers/client/client';
import type { ExpectedChild, ExpectedInquiry, ExpectedRun } from '../model/expectation';
import { maxOverlap, workflowInterval, type Interval } from '../../../../helpers/scenario/intervals';
import type { Ledger, LedgerEntry } from '../../../../helpers/scenario/ledger';
import { labelOf } from './state-to-be';

interface Source {
  readonly client: Client;
  readonly entries: readonly LedgerEntry[];
}

/**
 * What the target shows of an execution, in the form of the model. `expected`: the order relations
 * and overlaps to check; of the relations, those that hold are returned.
 */
export async function observeRun(
  client: Client,
  ledger: Ledger,
  id: number,
  expected: ExpectedRun,
): Promise<ExpectedRun> {
  const tree = await client.executions.tree(id);
  return runOf({ client, entries: ledger.entries() }, tree, await client.executions.get(id), expected);
}

async function runOf(
  source: Source,
  node: ExecutionNode,
  { result }: Execution,
  expected: ExpectedRun | undefined,
): Promise<ExpectedRun> {
  const fields: JsonObject = isObject(result) ? result : {};
  const children = await Promise.all(node.children.map((child) => childOf(source, child, node, expected)));
  return {
    status: node.status,
    output: node.status === 'completed' ? outputOf(fields) : null,
    failedTasks: node.status === 'failed' ? failedTasksOf(fields) : [],
    children: children.sort((a, b) => (a.label < b.label ? -1 : 1)),
    order: (expected?.order ?? []).filter((relation) => isInOrder(source, node, relation)),
    overlap: Object.fromEntries(
      Object.keys(expected?.overlap ?? {}).map((task) => [task, maxOverlap(intervalsOf(node, task))]),
    ),
  };
}

/** Without `succeeded: true`, which every completed workflow has. */
function outputOf({ succeeded, ...output }: JsonObject): JsonObject {
  return succeeded === true ? output : { succeeded: succeeded ?? null, ...output };
}

const FAILURE = /^Workflow failed: (\d+) task\(s\) failed: (.+)$/;

/** The names in the error, sorted; the error itself if it is another one or counts wrong. */
function failedTasksOf({ error }: JsonObject): string[] {
  const text = textOrJson(error ?? null);
  const [, count, names = ''] = FAILURE.exec(text) ?? [];
  const sorted = names.split(', ').sort();
  return Number(count) === sorted.length ? sorted : [text];
}

const startedChildren = (node: ExecutionNode, task: string): ExecutionNode[] =>
  node.children.filter(
    (child) => child.workflow_task?.task_name === task && (child.started_at !== undefined || child.children.length > 0),
  );

const intervalsOf = (node: ExecutionNode, task: string): Interval[] =>
  startedChildren(node, task).map(workflowInterval);

/** By the record of the target, and by the entries of the processes. */
function isInOrder({ entries }: Source, node: ExecutionNode, relation: string): boolean {
  const [first, second] = relation.split(' < ').map((label) => node.children.find((child) => labelOf(child) === label));
  if (!first || !second) return false;
  const end = entries.find(({ execution, event }) => execution === first.id && event === 'end')?.atMs ?? 0;
  const start = entries.find(({ execution, event }) => execution === second.id && event === 'start')?.atMs ?? Infinity;
  return end <= start && workflowInterval(first).finish <= workflowInterval(second).start;
}

async function childOf(
  source: Source,
  node: ExecutionNode,
  parent: ExecutionNode,
  expectedParent: ExpectedRun | undefined,
): Promise<ExpectedChild> {
  const execution = await source.client.executions.get(node.id);
  const { status, workflow_task: task } = node;
  const label = labelOf(node);
  const result: JsonObject = isObject(execution.result) ? execution.result : {};
  const original = parent.children.find(({ id }) => id === node.original_execution);
  const expected = expectedParent?.children.find((child) => child.label === label)?.workflow;
  const isInquiry = node.action_ref === 'core.ask';
  const isWorkflow = node.children.length > 0;
  return {
    label,
    status,
    triggeredBy: task?.triggered_by ?? null,
    maxRetries: task?.max_retries ?? 0,
    originalExecution: original ? labelOf(original) : null,
    parameters: execution.config,
    received: status === 'cancelled' ? null : receivedOf(result),
    exitCode: status !== 'cancelled' && typeof result.exit_code === 'number' ? result.exit_code : null,
    error: status === 'cancelled' ? null : errorOf(result),
    starts: source.entries.filter((entry) => entry.execution === node.id && entry.event === 'start').length,
    isTimedOut: isInquiry && (task?.timed_out ?? false),
    inquiries: isInquiry ? await inquiriesOf(source.client, node.id) : [],
    workflow: isWorkflow || expected ? await runOf(source, node, execution, expected ?? undefined) : null,
  };
}

/** With the names of failed tasks sorted: their order is that of their ends. */
function errorOf({ error }: JsonObject): string | null {
  if (typeof error !== 'string') return null;
  const names = failedTasksOf({ error });
  return FAILURE.test(error) ? `Workflow failed: ${names.length} task(s) failed: ${names.join(', ')}` : error;
}

/** The parameters that the process printed: in `data`, or, if it failed, in its output. */
function receivedOf({ data, stdout }: JsonObject): JsonObject | null {
  const printed = data ?? (typeof stdout === 'string' ? parseLine(stdout) : null);
  const params = isObject(printed) ? printed.params : undefined;
  return isObject(params) ? params : null;
}

function parseLine(text: string): Json {
  try {
    return parseJsonText(text) as Json;
  } catch {
    return null; // the process was stopped before it printed its line
  }
}

async function inquiriesOf(client: Client, id: number): Promise<ExpectedInquiry[]> {
  const summaries = await client.inquiries.ofExecution(id);
  const inquiries = await Promise.all(summaries.map((summary) => client.inquiries.get(summary.id)));
  return inquiries.map(({ status, response, defaulted = false }) => ({ status, response, isDefault: defaulted }));
}
