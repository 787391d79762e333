import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { JsonObject } from '../../../contract/json';
import { livenessNow, type Database, type Transaction } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { transition } from '../../store/lifecycle/lifecycle';

/**
 * Fails executions that were assigned `limitMs` ago and that no worker has claimed since. Returns
 * their ids. One that cannot be failed does not stop the others.
 */
export async function failUnclaimedExecutions(
  db: Database,
  limitMs: number,
  log: Logger,
  isolation = new RowIsolation(),
): Promise<number[]> {
  const overdue = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ tenant: number; execution: number }>`
      select tenant, execution from unclaimed_executions(${limitMs})`.execute(transaction);
    return rows;
  });
  return isolation.runEach(
    overdue,
    ({ execution }) => ({ execution }),
    async ({ tenant, execution }) => {
      await db.inTenant(tenant, (transaction) => failUnclaimed(transaction, execution, limitMs));
      return execution;
    },
    (error) => log.error({ err: error }, 'could not fail an execution that no worker claimed'),
  );
}

/**
 * Checks again under the lock: the execution may have started, or been assigned to another worker.
 */
async function failUnclaimed(transaction: Transaction, execution: number, limitMs: number): Promise<void> {
  const { rows } = await sql<UnclaimedExecution>`
    select e.worker, extract(epoch from ${livenessNow} - e.assigned_at)::float8 as age, w.state_cause as code, w.state_detail as detail
    from execution e left join worker w on w.id = e.addressed_to where e.id = ${execution} and e.status = 'scheduled'
      and e.assigned_at < ${livenessNow} - ${limitMs} * interval '1 ms'
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > ${livenessNow})
    for update of e`.execute(transaction);
  const [unclaimed] = rows;
  if (!unclaimed) return;
  await transition(transaction, execution, 'failed', { result: unclaimedResult(unclaimed, limitMs) });
}

interface UnclaimedExecution {
  readonly worker: number | null;
  /** Why the worker that it is addressed to has failed; null: the platform chose the worker. */
  readonly code: string | null;
  readonly detail: string | null;
  /** Seconds since it was assigned. */
  readonly age: number;
}

const unclaimedResult = ({ worker, age, code, detail }: UnclaimedExecution, limitMs: number): JsonObject => ({
  error: `Execution was not picked up by worker ${String(worker)} within ${limitMs / 1_000} seconds`,
  failed_by: 'execution_timeout_monitor',
  timeout_seconds: limitMs / 1_000,
  age_seconds: Math.floor(age),
  original_status: 'scheduled',
  ...(code !== null && { code, detail }),
});
