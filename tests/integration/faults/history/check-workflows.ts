import { checkResult } from './check-work';
import type { LedgerLine } from './operations';

/** A workflow as its rows show it when it has ended. */
export interface StoredRun {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  /** In the order in which they were created. */
  readonly children: readonly StoredChild[];
  /** Entries of its log as texts: `STEP_STARTED first`, `EXECUTION_COMPLETED`. */
  readonly log: readonly string[];
}

interface StoredChild {
  readonly id: number;
  readonly task: string;
  readonly status: string;
  /** The attempt that wrote the result; null: it had no process. */
  readonly attempt: number | null;
}

/** Each accepted request made one run. `names`: of the requests. */
export const checkRequests = (names: readonly string[], runs: readonly StoredRun[]): string[] =>
  names.flatMap((name) => {
    const made = runs.filter((run) => run.name === name).map(({ id }) => id);
    return made.length === 1 ? [] : [`${name}: the runs of one accepted request are [${made.join(', ')}]`];
  });

/** Each task ran once, in order, and its start and end are in the log once. */
export function checkRun({ id, status, children, log }: StoredRun, tasks: readonly string[]): string[] {
  const expected = tasks.flatMap((task) => [`STEP_STARTED ${task}`, `STEP_COMPLETED ${task}`]);
  const steps = log.filter((entry) => entry.startsWith('STEP_'));
  const ends = log.filter((entry) => /^EXECUTION_(COMPLETED|FAILED|CANCELLED|TIMED_OUT|ABANDONED)$/.test(entry));
  return [
    ...(status === 'completed' ? [] : [`run ${id} ended ${status}`]),
    ...(isEqual(ends, ['EXECUTION_COMPLETED']) ? [] : [`run ${id} has the ends ${ends.join(', ')}`]),
    ...(isEqual(
      children.map(({ task }) => task),
      tasks,
    )
      ? []
      : [`run ${id} has other children than its tasks`]),
    ...children.flatMap((child) =>
      child.status === 'completed' ? [] : [`task ${child.task} of run ${id} ended ${child.status}`],
    ),
    ...(isEqual(steps, expected) ? [] : [`the log of run ${id} has other steps than its tasks`]),
  ];
}

/** The result of each process is of an attempt that ran to its end. */
export const checkProcesses = ({ children }: StoredRun, ledger: readonly LedgerLine[]): string[] =>
  children.flatMap((child) => (child.attempt === null ? [] : checkResult(child, ledger)));

const isEqual = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((value, n) => value === right[n]);
