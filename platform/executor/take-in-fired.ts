import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../store/database';
import { rulesToAsk } from '../store/rules';
import { askRules } from './event-intake';

/** Occurrences of one look; more follow at once. */
const BATCH = 200;

/** Asks the rule of every stored occurrence of a timer. Answers how long to sleep, ms. One that fails leaves the others alone. */
export async function takeInFired(db: Database, log: Logger): Promise<number> {
  const pending = await db.alone(async (transaction) => {
    const { rows } = await sql<{ event: number; tenant: number }>`
      select event, tenant from pending_timer_events(${BATCH})`.execute(transaction);
    return rows;
  });
  let failed = 0;
  for (const { event, tenant } of pending) {
    try {
      await db.inTenant(tenant, (transaction) => takeInOne(transaction, tenant, event));
    } catch (error) {
      failed++;
      log.error({ err: error, event }, 'what a timer fired was not taken in, and is tried again');
    }
  }
  return pending.length === BATCH && failed === 0 ? 0 : Infinity;
}

/** Nothing where another takes it in, or has. A rule that is gone by now fires nothing. */
async function takeInOne(transaction: Transaction, tenant: number, id: number): Promise<void> {
  const { rows } = await sql<{ rule: number }>`
    select rule from timer_event where event = ${id} for update skip locked`.execute(transaction);
  const [promise] = rows;
  if (!promise) return;
  const event = await transaction.selectFrom('event').selectAll().where('id', '=', id).executeTakeFirst();
  if (event) {
    const rules = await rulesToAsk(transaction, event.trigger_ref, promise.rule);
    await askRules(transaction, tenant, event, event.payload, rules);
  }
  await transaction.deleteFrom('timer_event').where('event', '=', id).execute();
}
