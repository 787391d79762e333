import { isTerminal, type Status } from '../../../../contract/status';
import { checkResult } from './check-work';
import type { LedgerLine } from './operations';

/** An execution as its row and its log show it. */
export interface StoredExecution {
  readonly id: number;
  readonly root: number;
  readonly parent: number | null;
  readonly name: string | null;
  readonly task: string | null;
  readonly index: number | null;
  readonly retry: number;
  readonly status: Status;
  /** How often a worker has claimed it. */
  readonly claims: number;
  /** The attempt that wrote the result; null: it had no process, or did not complete. */
  readonly resultAttempt: number | null;
  readonly isLeased: boolean;
  /** `STEP_STARTED first`, `STEP_STARTED items 0`, `EXECUTION_COMPLETED`, in order. */
  readonly log: readonly string[];
}

/** An event of a timer, and how much it has caused. */
export interface StoredOccurrence {
  readonly count: number;
  readonly enforcements: number;
  readonly executions: number;
}

const END_ENTRIES: Partial<Record<Status, string>> = {
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
  timeout: 'EXECUTION_TIMED_OUT',
  abandoned: 'EXECUTION_ABANDONED',
};
const ENDS = new Set(Object.values(END_ENTRIES));

/** Each execution ended once, each step was decided once, and what ran agrees with the ledger. */
export const checkTrees = (executions: readonly StoredExecution[], ledger: readonly LedgerLine[]): string[] => [
  ...executions.flatMap((execution) => [...checkEnd(execution), ...checkLedger(execution, ledger)]),
  ...doubles(executions.flatMap(childKey)).map((child) => `${child} was created twice`),
  ...executions.flatMap(({ id, log }) =>
    doubles(log.filter(isDecidedOnce)).map((entry) => `execution ${id} has the entry ${entry} twice`),
  ),
];

/**
 * One end, which is its last entry and names its status; nothing is held any more. The end of a
 * task is an entry of its workflow.
 */
function checkEnd({ id, task, status, isLeased, log }: StoredExecution): string[] {
  if (!isTerminal(status)) return [`execution ${id} is ${status}`];
  if (task !== null) return isLeased ? [`execution ${id} has ended and has a lease`] : [];
  const ends = log.filter((entry) => ENDS.has(entry));
  return [
    ...(ends.length === 1 ? [] : [`execution ${id} has the ends ${ends.join(', ')}`]),
    ...(log.at(-1) === END_ENTRIES[status] ? [] : [`execution ${id} is ${status}, and its log ends ${log.at(-1)}`]),
    ...(isLeased ? [`execution ${id} has ended and has a lease`] : []),
  ];
}

/** No attempt started twice or without a claim, and the result is of one that ran to its end. */
function checkLedger({ id, status, claims, resultAttempt }: StoredExecution, ledger: readonly LedgerLine[]): string[] {
  const starts = ledger.filter(({ execution, event }) => execution === id && event === 'start');
  const attempts = starts.map(({ attempt }) => attempt);
  return [
    ...doubles(attempts.map(String)).map((attempt) => `attempt ${attempt} of execution ${id} was started twice`),
    ...attempts
      .filter((attempt) => attempt > claims)
      .map((attempt) => `attempt ${attempt} of execution ${id} is none of its ${claims}`),
    ...attempts
      .filter((attempt) => resultAttempt !== null && attempt > resultAttempt)
      .map((attempt) => `attempt ${attempt} of execution ${id} ran after ${resultAttempt} had ended it`),
    ...(status === 'completed' && resultAttempt === null && attempts.length > 0
      ? [`execution ${id} is completed without the result of an attempt`]
      : []),
    ...(resultAttempt === null ? [] : checkResult({ id, attempt: resultAttempt }, ledger)),
  ];
}

const childKey = ({ parent, task, index, retry }: StoredExecution): string[] =>
  parent === null || task === null ? [] : [`task ${task}/${index ?? '-'}, retry ${retry}, of execution ${parent}`];

/** A step is decided once; what a worker does may be repeated. */
const isDecidedOnce = (entry: string): boolean => /^STEP_(STARTED|COMPLETED|FAILED|CANCELLED|SKIPPED)/.test(entry);

const doubles = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, n) => values.indexOf(value) !== n)),
];

/** Each accepted request, webhook or event caused one execution without a parent. */
export const checkAccepted = (names: readonly string[], executions: readonly StoredExecution[]): string[] =>
  names.flatMap((name) => {
    const roots = executions.filter((execution) => execution.parent === null && execution.name === name);
    return roots.length === 1
      ? []
      : [`${name} was accepted and caused the executions [${roots.map(({ id }) => id).join(', ')}]`];
  });

/** No occurrence is missing or doubled, and each was decided and caused one execution once. */
export const checkTimer = (occurrences: readonly StoredOccurrence[]): string[] => [
  ...(occurrences.every(({ count }, n) => count === n + 1)
    ? []
    : [`the timer fired as ${occurrences.map(({ count }) => count).join(', ')}`]),
  ...occurrences
    .filter(({ enforcements, executions }) => enforcements !== 1 || executions !== 1)
    .map(({ count, ...caused }) => `occurrence ${count} of the timer caused ${JSON.stringify(caused)}`),
];

/**
 * What a run decided, without ids and without what a worker repeats: equal for two runs of one
 * history.
 */
export const shapeOf = (executions: readonly StoredExecution[]): string[] =>
  executions
    .flatMap(({ task, index, retry, status, log }) => {
      const place = `${task ?? 'root'}/${index ?? '-'}.${retry}`;
      return [`${place} ${status}`, ...log.filter(isPartOfShape).map((entry) => `${place}: ${entry}`)];
    })
    .sort();

/** The shape of one tree among these executions. */
export const shapeOfTree = (executions: readonly StoredExecution[], root: number | undefined): string[] =>
  shapeOf(executions.filter((execution) => execution.root === root));

const isPartOfShape = (entry: string): boolean => entry.startsWith('STEP_') || ENDS.has(entry);
