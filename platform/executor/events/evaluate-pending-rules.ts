import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { removePendingRule, type PendingRule } from '../../store/events/pending-rules';
import { listRulesToEvaluate } from '../../store/events/rules';
import { evaluateRule } from './process-event';

/** Rules of one pass; a full batch is followed by the next at once. */
const BATCH = 200;

/**
 * Evaluates every rule that is still to be evaluated for an event: those of timers, and those that
 * have failed. Returns the ms to sleep. One that fails does not stop the others.
 */
export async function evaluatePendingRules(db: Database, log: Logger, isolation = new RowIsolation()): Promise<number> {
  const limit = BATCH + isolation.failedRows().length;
  const pending = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<PendingRule & { readonly tenant: number }>`
      select event, rule, tenant from pending_rules(${limit})`.execute(transaction);
    return rows;
  });
  await isolation.runEach(
    pending,
    ({ event, rule }) => ({ event, rule }),
    ({ tenant, ...row }) => db.inTenant(tenant, (transaction) => evaluatePendingRule(transaction, tenant, row)),
    (error) => log.error({ err: error }, 'could not evaluate the rule of an event, and retries it'),
  );
  return pending.length === limit ? 0 : Infinity;
}

/**
 * Does nothing where another executor evaluates the rule, or has. A deleted rule fires nothing.
 */
async function evaluatePendingRule(transaction: Transaction, tenant: number, pending: PendingRule): Promise<void> {
  const { rows } = await sql`
    select from pending_rule where event = ${pending.event} and rule = ${pending.rule} for update skip locked`.execute(
    transaction,
  );
  if (rows.length === 0) return;
  const event = await transaction.selectFrom('event').selectAll().where('id', '=', pending.event).executeTakeFirst();
  if (event) {
    const [rule] = await listRulesToEvaluate(transaction, event.trigger_ref, pending.rule);
    if (rule) await evaluateRule(transaction, tenant, event, event.payload, rule);
  }
  await removePendingRule(transaction, pending);
}
