import type { LedgerLine, Operation } from './operations';

/** The set: each accepted request made one execution, and no request made two. */
export function checkSet(
  history: readonly Operation[],
  executions: readonly { readonly id: number; readonly name: string | null }[],
): string[] {
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

/** The result is of an attempt that ran to its end. */
export function checkResult(
  { id, attempt }: { readonly id: number; readonly attempt: number },
  ledger: readonly LedgerLine[],
): string[] {
  const ended = ledger.some((line) => line.execution === id && line.attempt === attempt && line.event === 'end');
  return ended ? [] : [`execution ${id} has the result of attempt ${attempt}, which did not end`];
}
