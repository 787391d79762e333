import { now, type Transaction } from '../database/connection';
import { invokedEntry, responseEntry } from '../lifecycle/attempt-entries';
import type { AttemptOutcome } from '../lifecycle/attempt';
import { transition } from '../lifecycle/lifecycle';
import { writeJson } from '../../../contract/json-text/write-json';

/** The first attempt of an execution, which had no process. Its instants are of SQL's clock. */
export interface ImmediateAttempt {
  readonly execution: number;
  readonly outcome: AttemptOutcome;
}

/**
 * Starts and ends scheduled executions, with the columns and the log entries of an attempt by a
 * worker. `isByParent`: as for `transition`.
 */
export async function recordImmediateAttempts(
  transaction: Transaction,
  attempts: readonly ImmediateAttempt[],
  isByParent: boolean,
): Promise<void> {
  await transition(
    transaction,
    attempts.map(({ execution }) => execution),
    'running',
    { columns: { started_at: now, attempt: 1 }, log: [invokedEntry(1)] },
  );
  for (const { executions, outcome } of groupByOutcome(attempts)) {
    await transition(transaction, executions, outcome.status, {
      result: outcome.result,
      columns: { stdout_tail: outcome.stdoutTail, stderr_tail: outcome.stderrTail },
      log: [responseEntry(outcome)],
      isByParent,
    });
  }
}

/** Attempts with the same outcome, such as those of `core.noop`, end in one statement. */
function groupByOutcome(attempts: readonly ImmediateAttempt[]) {
  const groups = new Map<string, { executions: number[]; outcome: AttemptOutcome }>();
  for (const { execution, outcome } of attempts) {
    const key = writeJson([outcome.status, outcome.result]);
    const group = groups.get(key) ?? { executions: [], outcome };
    group.executions.push(execution);
    groups.set(key, group);
  }
  return groups.values();
}
