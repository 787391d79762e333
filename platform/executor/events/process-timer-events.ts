import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { listRulesToEvaluate } from '../../store/events/rules';
import { evaluateRules } from './process-event';

/** Events of one pass; a full batch is followed by the next at once. */
const BATCH = 200;

/**
 * Evaluates the rule of every stored timer event. Returns the ms to sleep. An event that fails
 * does not stop the others.
 */
export async function processTimerEvents(db: Database, log: Logger, isolation = new RowIsolation()): Promise<number> {
  const limit = BATCH + isolation.failedRows().length;
  const pending = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ event: number; tenant: number }>`
      select event, tenant from pending_timer_events(${limit})`.execute(transaction);
    return rows;
  });
  await isolation.runEach(
    pending,
    ({ event }) => ({ event }),
    ({ event, tenant }) => db.inTenant(tenant, (transaction) => processTimerEvent(transaction, tenant, event)),
    (error) => log.error({ err: error }, 'could not process a timer event, and retries it'),
  );
  return pending.length === limit ? 0 : Infinity;
}

/**
 * Does nothing where another executor processes the event, or has. A deleted rule fires nothing.
 */
async function processTimerEvent(transaction: Transaction, tenant: number, id: number): Promise<void> {
  const { rows } = await sql<{ rule: number }>`
    select rule from timer_event where event = ${id} for update skip locked`.execute(transaction);
  const [timerEvent] = rows;
  if (!timerEvent) return;
  const event = await transaction.selectFrom('event').selectAll().where('id', '=', id).executeTakeFirst();
  if (event) {
    const rules = await listRulesToEvaluate(transaction, event.trigger_ref, timerEvent.rule);
    await evaluateRules(transaction, tenant, event, event.payload, rules);
  }
  await transaction.deleteFrom('timer_event').where('event', '=', id).execute();
}
