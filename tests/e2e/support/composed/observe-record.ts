import { isDeepStrictEqual } from 'node:util';
import type { Execution, ExecutionNode, LogEntry } from '../../../../contract/executions';
import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { secondsBetween } from '../../../../helpers/instant';
import { logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import type { ExpectedRecord, ExpectedTask } from '../model/expectation';
import { inPlaces } from '../model/record';
import { descendantsByPath } from './state-to-be';

/** Reads at the same time. */
const WIDTH = 8;

/** What all executions of a case have in common. */
interface Source {
  readonly root: Execution;
  readonly start: string;
  readonly paths: ReadonlyMap<number, string>;
  readonly log: readonly LogEntry[];
  /** Status of the inquiry by execution. */
  readonly inquiries: ReadonlyMap<number, string>;
}

/** The record of a target, in the form of the model. `start`: the instant 0. */
export async function observeRecord(
  { client, deadline }: Pick<Context, 'client' | 'deadline'>,
  id: number,
  start: string,
  inquiries: Source['inquiries'],
): Promise<Record<string, ExpectedRecord>> {
  const tree = await client.executions.tree(id);
  const log = await (isTerminal(tree.status) ? until(logToEnd(client, id), deadline) : client.executions.log(id));
  const nodes = [['', tree] as const, ...descendantsByPath(tree)];
  const executions = await mapConcurrently(nodes, WIDTH, ([, node]) => client.executions.get(node.id));
  const paths = new Map(nodes.map(([path, node]) => [node.id, path]));
  const source = { root: executions[0]!, start, paths, log, inquiries };
  const records = nodes.map(([path, node], n) => [path, recordOf(source, node, executions[n]!)] as const);
  return unlessTwice(records);
}

/** An execution with the path of another one gets a path of its own. */
function unlessTwice(records: readonly (readonly [string, ExpectedRecord])[]): Record<string, ExpectedRecord> {
  const seen = new Map<string, ExpectedRecord>();
  for (const [path, record] of records) seen.set(seen.has(path) ? `${path} once more` : path, record);
  return Object.fromEntries(seen);
}

function recordOf(source: Source, node: ExecutionNode, execution: Execution): ExpectedRecord {
  const { start, paths, log, inquiries } = source;
  const at = (instant: string | null | undefined) => (instant ? secondsBetween(start, instant) : null);
  const { id, status, created, started_at, finished_at, updated, workflow_task: task, original_execution } = node;
  return {
    action: node.action_ref,
    status,
    created: secondsBetween(start, created),
    started: at(started_at),
    finished: at(finished_at),
    updated: at(updated),
    task: task ? taskOf(task, at, node) : null,
    original: original_execution === undefined ? null : (paths.get(original_execution) ?? 'no execution of the case'),
    permissionSets: execution.permission_set_refs ?? [],
    isOnWorker: execution.worker !== null,
    attempt: node.attempt,
    config: execution.config,
    result: withoutMeasured(execution.result),
    stdout: node.stdout_tail,
    stderr: node.stderr_tail,
    exitCode: node.exit_code,
    error: node.error === null ? null : inOrder(node.error),
    timeoutLevel: node.timeout_level,
    inquiry: inquiries.get(id) ?? null,
    selector: execution.worker_selector ?? null,
    log: inPlaces(
      log
        .filter((entry) => entry.execution === id)
        .map(({ type, payload, created_at }) => ({
          at: secondsBetween(start, created_at),
          type,
          payload: withoutMeasured(type === 'WARNING' ? withoutReason(payload) : payload) as JsonObject,
        })),
    ),
    ...oddities(source, node, execution),
  };
}

type WorkflowTask = NonNullable<ExecutionNode['workflow_task']>;

const taskOf = (
  task: WorkflowTask,
  at: (instant: string | null) => number | null,
  { started_at, finished_at }: ExecutionNode,
): ExpectedTask => ({
  name: task.task_name,
  index: task.task_index,
  round: task.round ?? 1,
  triggeredBy: task.triggered_by ?? null,
  retry: task.retry_count,
  maxRetries: task.max_retries,
  nextRetry: at(task.next_retry_at),
  timeoutSeconds: task.timeout_seconds,
  isTimedOut: task.timed_out,
  seconds: task.duration_ms === null ? null : task.duration_ms / 1_000,
  ...(task.task_batch !== null && { batch: task.task_batch }),
  ...(task.started_at !== (started_at ?? null) && { started: at(task.started_at) }),
  ...(task.completed_at !== finished_at && { completed: at(task.completed_at) }),
});

/** Values that are the same for every execution of every case; none is expected. */
function oddities({ root, paths }: Source, node: ExecutionNode, execution: Execution): object {
  const { id, parent, enforcement, rule_ref, trigger_ref, correlation_id, waiting_for } = node;
  const path = paths.get(id)!;
  const parentPath = parent === null ? null : paths.get(parent);
  const expectedParent = id === root.id ? null : path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const nulls = { enforcement, rule_ref, trigger_ref, waiting_for };
  const set = Object.fromEntries(Object.entries(nulls).filter(([, value]) => value !== null));
  const differing = Object.entries(execution).filter(
    ([key, value]) => key in node && !isDeepStrictEqual(value, node[key as keyof ExecutionNode]),
  );
  return {
    ...set,
    ...(parentPath !== expectedParent && { parent: parentPath ?? parent }),
    ...(correlation_id !== root.correlation_id && { correlation_id }),
    ...(execution.executor !== root.executor && { executor: execution.executor }),
    ...(differing.length > 0 && { differsInTree: Object.fromEntries(differing) }),
  };
}

/** The words of a warning are no promise; that it has some is. */
const withoutReason = ({ error, ...payload }: JsonObject): JsonObject => ({
  ...payload,
  ...(error !== undefined && { hasReason: typeof error === 'string' && error !== '' }),
});

const FAILURE = /^(Workflow failed: \d+ task\(s\) failed: )(.+)$/;

/** The failed tasks in the error of a workflow have no order. */
const inOrder = (text: string): string =>
  text.replace(FAILURE, (_, words: string, names: string) => `${words}${names.split(', ').sort().join(', ')}`);

/** When no worker could run it, and in which words. */
const withoutDispatch = ({ message, failed_at, ...others }: JsonObject): JsonObject => ({
  ...others,
  ...((typeof message !== 'string' || typeof failed_at !== 'string') && { message: null, failed_at: null }),
});

/** Durations of programs and ids of inquiries differ from run to run. */
function withoutMeasured(value: Json): Json {
  if (typeof value === 'string') return inOrder(value);
  if (Array.isArray(value)) return value.map(withoutMeasured);
  if (!isObject(value)) return value;
  if (value.failed_by === 'execution_scheduler') return withoutDispatch(value);
  const { duration_ms, __inquiry_id, ...others } = value;
  const isMeasured = [duration_ms, __inquiry_id].every((each) => each === undefined || typeof each === 'number');
  const kept: JsonObject = isMeasured ? others : value;
  return Object.fromEntries(Object.entries(kept).map(([key, each]) => [key, withoutMeasured(each)]));
}
