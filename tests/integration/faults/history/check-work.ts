import type { FinalExecution, FinalState, LedgerLine, Operation } from './operations';

/** The set: each accepted request made one execution, and no request made two. */
export function checkSet(history: readonly Operation[], { executions }: FinalState): string[] {
  return history.flatMap((operation) => {
    if (operation.type !== 'add') return [];
    const made = executions.filter(({ name }) => name === operation.name).map(({ id }) => id);
    const answered = [...new Set(operation.ids)];
    if (made.length > 1) return [`${operation.name}: one request made the executions ${made.join(', ')}`];
    if (answered.some((id) => !made.includes(id)))
      return [`${operation.name}: execution ${answered.join(', ')} was acknowledged and is lost`];
    return [];
  });
}

/** The queue: each execution ends once, and its result is of an attempt that ran to its end. */
export function checkQueue({ executions, ledger }: FinalState): string[] {
  return [...executions.flatMap((execution) => checkExecution(execution, ledger)), ...repeatedStarts(ledger)];
}

function checkExecution(execution: FinalExecution, ledger: readonly LedgerLine[]): string[] {
  const { id, status, ends, error } = execution;
  if (status !== 'completed') return [`execution ${id} ended ${status}: ${error}`];
  if (ends !== 1) return [`execution ${id} has ${ends} entries for its end`];
  return checkResult(execution, ledger);
}

/** The result is of an attempt that ran to its end. */
export function checkResult(
  { id, attempt }: Pick<FinalExecution, 'id' | 'attempt'>,
  ledger: readonly LedgerLine[],
): string[] {
  const ended = ledger.some((line) => line.execution === id && line.attempt === attempt && line.event === 'end');
  return ended ? [] : [`execution ${id} has the result of attempt ${attempt}, which did not end`];
}

function repeatedStarts(ledger: readonly LedgerLine[]): string[] {
  const starts = ledger
    .filter(({ event }) => event === 'start')
    .map(({ execution, attempt }) => `${execution}.${attempt}`);
  return starts.filter((start, n) => starts.indexOf(start) !== n).map((start) => `attempt ${start} was started twice`);
}

/** A timer: no occurrence twice, and none without its predecessor. */
export const checkOccurrences = ({ occurrences }: FinalState): string[] =>
  occurrences.every((count, n) => count === n + 1) ? [] : [`the timer fired as ${occurrences.join(', ')}`];
