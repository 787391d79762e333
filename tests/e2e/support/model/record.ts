import { isTerminal } from '../../../../contract/status';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { ExpectedRecord, ExpectedTask } from './expectation';
import { textOrEmpty } from '../../../../contract/json-text/text-or-json';
import { retryCount } from './retries';
import { actionOf, allChildren, pathOf, type ChildRun, type LoggedEntry, type WorkflowRun, type World } from './state';
import { workflowResult } from './workflows';

/** Everything that a target with virtual time records of a case, by the path of the execution. */
export function recordOf(root: WorkflowRun, world: World, ref: string): Record<string, ExpectedRecord> {
  const entries = [
    ['', rootRecord(root, world, ref)] as const,
    ...allChildren(root).map((child) => [pathOf(child), childRecord(child, world)] as const),
  ];
  return Object.fromEntries(entries);
}

function rootRecord(run: WorkflowRun, world: World, ref: string): ExpectedRecord {
  const { status, startedAt, finishedAt, config } = run;
  const result = workflowResult(run);
  return {
    ...NOTHING,
    action: ref,
    status,
    created: 0,
    started: startedAt,
    finished: finishedAt,
    updated: finishedAt,
    config,
    result,
    error: errorIn(result),
    timeoutLevel: run.timedOutAfter === null ? null : 'workflow',
    log: logOf(world, ''),
  };
}

const NOTHING = {
  task: null,
  original: null,
  permissionSets: [],
  isOnWorker: false,
  attempt: 0,
  stdout: '',
  stderr: '',
  exitCode: null,
  timeoutLevel: null,
  inquiry: null,
  selector: null,
} as const;

const errorIn = (result: ExpectedRecord['result']): string | null =>
  typeof result === 'object' && result !== null && 'error' in result && typeof result.error === 'string'
    ? result.error
    : null;

function childRecord(child: ChildRun, world: World): ExpectedRecord {
  const { taskRun, status, program, inquiry, createdAt, startedAt, finishedAt, config, result, retry } = child;
  const path = pathOf(child);
  return {
    ...NOTHING,
    action: actionOf(taskRun.task),
    status,
    created: createdAt,
    started: startedAt,
    finished: finishedAt,
    updated: finishedAt,
    task: taskOf(child),
    original: retry === 0 ? null : pathOf({ ...child, retry: 0 }),
    permissionSets: child.permissionSets,
    isOnWorker: program !== null,
    attempt: program === null ? 0 : 1,
    config,
    result,
    stdout: program?.stdout ?? '',
    exitCode: typeof result?.exit_code === 'number' ? result.exit_code : null,
    error: errorIn(result),
    timeoutLevel: child.timeoutLevel,
    selector: child.selector,
    inquiry: inquiry?.status ?? null,
    log: logOf(world, path),
  };
}

function taskOf(child: ChildRun): ExpectedTask {
  const { taskRun, index, retry, dueAt, status, isOverLimit, startedAt, finishedAt } = child;
  const { task, round, triggeredBy } = taskRun;
  return {
    name: task.name,
    index,
    round,
    triggeredBy,
    retry,
    maxRetries: retryCount(task.retry),
    nextRetry: dueAt,
    timeoutSeconds: task.timeout ?? null,
    isTimedOut: isOverLimit || status === 'timeout',
    seconds: startedAt === null || finishedAt === null || !isTerminal(status) ? null : finishedAt - startedAt,
  };
}

/**
 * The entries of an execution. Those of different tasks and items have no order: each has its
 * place first.
 */
const logOf = ({ log }: Pick<World, 'log'>, place: string): string[] =>
  inPlaces(log.filter((entry) => entry.place === place));

export function inPlaces(entries: readonly Omit<LoggedEntry, 'place'>[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { at, type, payload } of entries) {
    const { task = null, index = null, ...others } = payload;
    const step = task === null ? '' : `${textOrEmpty(task)}${index === null ? '' : `[${textOrEmpty(index)}]`} `;
    groups.set(step, [...(groups.get(step) ?? []), `${step}${at} s ${type} ${writeJson(others)}`]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, texts]) => texts);
}
