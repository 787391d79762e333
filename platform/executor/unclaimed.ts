import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { ringAdvance } from '../queue/ring';
import { asJson, now, type Database, type Transaction } from '../store/database';
import { append } from '../store/log';

/** Ends what was assigned to a worker `limitMs` ago and never picked up. Answers the executions. */
export async function endNeverPickedUp(db: Database, limitMs: number): Promise<number[]> {
  const overdue = await db.alone(async (transaction) => {
    const { rows } = await sql<{ tenant: number; execution: number }>`
      select tenant, execution from never_picked_up(${limitMs})`.execute(transaction);
    return rows;
  });
  for (const { tenant, execution } of overdue) {
    await db.inTenant(tenant, (transaction) => endOne(transaction, tenant, execution, limitMs));
  }
  return overdue.map(({ execution }) => execution);
}

/** Looked at again under its lock: it may have begun, or been given to another worker. */
async function endOne(transaction: Transaction, tenant: number, execution: number, limitMs: number): Promise<void> {
  const { rows } = await sql<Stuck>`
    select e.id, e.root, e.parent, e.workflow_execution, e.worker, extract(epoch from ${now} - e.updated)::float8 as age
    from execution e where e.id = ${execution} and e.status = 'scheduled'
      and e.updated < ${now} - ${limitMs} * interval '1 ms'
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > ${now})
    for update of e`.execute(transaction);
  const [stuck] = rows;
  if (!stuck) return;
  const { id, root, parent, worker } = stuck;
  await transaction
    .updateTable('execution')
    .set({ status: 'failed', result: asJson(resultOf(stuck, limitMs)), finished_at: now, updated: now })
    .where('id', '=', id)
    .execute();
  await append(transaction, [{ root, execution: id, worker, type: 'EXECUTION_FAILED', payload: { worker } }]);
  if (stuck.workflow_execution !== null && parent !== null) await ringAdvance(transaction, tenant, parent);
}

interface Stuck {
  readonly id: number;
  readonly root: number;
  readonly parent: number | null;
  readonly workflow_execution: number | null;
  readonly worker: number | null;
  /** Seconds since it was assigned. */
  readonly age: number;
}

const resultOf = ({ worker, age }: Stuck, limitMs: number): JsonObject => ({
  error: `Execution was not picked up by worker ${String(worker)} within ${limitMs / 1_000} seconds`,
  failed_by: 'execution_timeout_monitor',
  timeout_seconds: limitMs / 1_000,
  age_seconds: Math.floor(age),
  original_status: 'scheduled',
});
