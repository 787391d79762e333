import type { LogEntry } from '../../../../contract/executions';
import type { JsonObject } from '../../../../contract/json';
import type { HistoryRecord } from '../../../../contract/records/history';
import type { Subject } from './known';
import { isRunAgain, takenOverEntries } from './reruns';
import { actionRef, EXECUTION } from './row-cells';
import { STEPS } from './ways';

/** 0: before the pause, 1: after it. */
type Moment = 0 | 1;

/** One status of an execution, and when it had it. */
export interface Phase {
  readonly status: string;
  readonly at: Moment;
  /** What else changes with the status. */
  readonly field?: 'worker' | 'started_at' | 'finished_at';
}

/** The statuses of an execution, from its request to its end. */
export function phasesOf({ way: { kind, failure, action, at = [0, 0, 0] } }: Subject): Phase[] {
  const end = failure === undefined ? 'completed' : 'failed';
  if (kind === 'never started') return [{ status: end, at: at[2] }];
  const paused = [
    { status: 'paused', at: at[1] },
    { status: 'running', at: at[1] },
  ] as const;
  return [
    { status: 'requested', at: at[0] },
    ...(kind === 'workflow' ? [] : [{ status: 'scheduled', at: at[1], field: 'worker' as const }]),
    { status: 'running', at: at[1], field: 'started_at' },
    ...(action === 'paused' ? paused : []),
    { status: end, at: at[2], field: 'finished_at' },
  ];
}

/** An instant as the history and the notifications have it. */
export const withOffset = (instant: string): string => instant.replace(/Z$/, '+00:00');

/** Every change that the history has, oldest first. */
export function historyOf(subject: Subject): HistoryRecord[] {
  const { id, known } = subject;
  const shared = { entity_id: id, entity_ref: actionRef(subject) };
  const valueOf = (field: string, at: Moment) =>
    field === 'worker' ? known.workers.get(id)! : withOffset(known.instants[at]);
  return phasesOf(subject).map(({ status, at, field }, n, phases) => {
    const time = known.instants[at];
    if (n === 0) {
      const [parent, enforcement, executor] = [
        EXECUTION.parent(subject),
        EXECUTION.enforcement(subject),
        EXECUTION.executor(subject),
      ];
      const values = { action_ref: actionRef(subject), parent, enforcement, executor, status } as JsonObject;
      return { ...shared, time, operation: 'INSERT', changed_fields: [], old_values: null, new_values: values };
    }
    return {
      ...shared,
      time,
      operation: 'UPDATE',
      changed_fields: ['status', ...(field ? [field] : [])],
      old_values: { status: phases[n - 1]!.status, ...(field && { [field]: null }) },
      new_values: { status, ...(field && { [field]: valueOf(field, at) }) },
    };
  });
}

/** Type, payload and moment of an entry. */
type Entry = readonly [type: string, payload: JsonObject, at: Moment];

/** Of what a workflow took over, and of what it ran. */
function stepsOf({ way: { action, rerun }, known: { ids } }: Subject): readonly Entry[] {
  const steps = STEPS[action]!;
  if (rerun === undefined) return steps;
  const takenOver = takenOverEntries(rerun, ids).map((payload): Entry => ['STEP_TAKEN_OVER', payload, 0]);
  return [...takenOver, ...steps.filter(([, payload]) => isRunAgain(rerun, payload))];
}

function entriesOf(subject: Subject): readonly Entry[] {
  const { kind, task, failure, at = [0, 0, 0] } = subject.way;
  const error = failure && { error: failure.error! };
  const end: Entry =
    failure === undefined ? ['EXECUTION_COMPLETED', {}, at[2]] : ['EXECUTION_FAILED', { error: failure.error! }, at[2]];
  if (kind === 'never started') return task === undefined ? [end] : [];
  if (kind === 'workflow') return [['EXECUTION_STARTED', {}, at[1]], ...stepsOf(subject), end];
  const status = failure === undefined ? 'completed' : 'failed';
  const attempt: Entry[] = [
    ['AGENT_INVOKED', { attempt: 1 }, at[1]],
    ['AGENT_RESPONSE', { status, exit_code: failure?.exit_code ?? 0, ...error }, at[2]],
  ];
  return task === undefined ? [['EXECUTION_STARTED', {}, at[1]], ...attempt, end] : attempt;
}

/**
 * Entries without their numbers; those of a workflow, whose tasks run at the same time, sorted.
 */
export function comparable(entries: readonly Omit<LogEntry, 'seq'>[]): Omit<LogEntry, 'seq'>[] {
  const hasSteps = entries.some(({ type }) => type.startsWith('STEP_'));
  const sorted = [...entries].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return (hasSteps ? sorted : [...entries]).map(withoutNumber);
}

const withoutNumber = ({ created_at, root, execution, worker, type, payload }: Omit<LogEntry, 'seq'>) => ({
  created_at,
  root,
  execution,
  worker,
  type,
  payload,
});

const orderOf = ({ created_at, type, payload }: Omit<LogEntry, 'seq'>): string =>
  [created_at, type, ...Object.entries(payload).flat().map(String).sort()].join();

/** The execution's own entries. */
export function logOf(subject: Subject): Omit<LogEntry, 'seq'>[] {
  const { id, root, known } = subject;
  const entries = entriesOf(subject).map(([type, payload, at]) => ({
    created_at: known.instants[at],
    root: known.ids.get(root)!,
    execution: id,
    worker: known.workers.get(id) ?? null,
    type: type as LogEntry['type'],
    payload,
  }));
  return comparable(entries);
}
