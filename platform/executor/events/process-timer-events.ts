import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../../store/database/connection';
import { listRulesToEvaluate } from '../../store/events/rules';
import { evaluateRules } from './process-event';

/** Events of one pass; a full batch is followed by the next at once. */
const BATCH = 200;

/**
 * Evaluates the rule of every stored timer event. Returns the ms to sleep. An event that fails
 * does not stop the others.
 */
export async function processTimerEvents(db: Database, log: Logger): Promise<number> {
  const pending = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ event: number; tenant: number }>`
      select event, tenant from pending_timer_events(${BATCH})`.execute(transaction);
    return rows;
  });
  let failed = 0;
  for (const { event, tenant } of pending) {
    try {
      await db.inTenant(tenant, (transaction) => processTimerEvent(transaction, tenant, event));
    } catch (error) {
      failed++;
      log.error({ err: error, event }, 'could not process a timer event, and retries it');
    }
  }
  return pending.length === BATCH && failed === 0 ? 0 : Infinity;
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
