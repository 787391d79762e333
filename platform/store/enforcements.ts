import type { ExpressionBuilder, Selectable } from 'kysely';
import {
  ENFORCEMENT_STATUSES,
  type Enforcement,
  type EnforcementFilter,
  type EnforcementSummary,
} from '../../contract/events';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { Refusal } from '../refusal';
import { asJson, now, type Transaction } from './database';
import type { EventRow } from './events';
import type { Window } from './executions';
import type { EnforcementTable, Tables } from './tables';

export type EnforcementRow = Selectable<EnforcementTable>;

/** One rule fired by one event, `created`. Null where that was done before. */
export async function insertEnforcement(
  transaction: Transaction,
  event: EventRow,
  rule: { readonly id: number; readonly ref: string; readonly conditions: Json },
): Promise<number | null> {
  const row = await transaction
    .insertInto('enforcement')
    .values({
      rule: rule.id,
      rule_ref: rule.ref,
      trigger_ref: event.trigger_ref,
      event: event.id,
      payload: asJson(isObject(event.payload) ? event.payload : {}),
      conditions: asJson(rule.conditions),
      correlation_id: event.correlation_id,
    })
    .onConflict((conflict) => conflict.constraint('enforcement_once').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** `config`: the resolved parameters, without secrets. */
export const resolveEnforcement = (
  transaction: Transaction,
  id: number,
  status: 'processed' | 'disabled',
  config: JsonObject | null,
): Promise<unknown> =>
  transaction
    .updateTable('enforcement')
    .set({ status, config: config && asJson(config), resolved_at: now })
    .where('id', '=', id)
    .execute();

/** Null when it never existed, or belongs to somebody else. */
export async function getEnforcement(transaction: Transaction, id: number): Promise<Enforcement | null> {
  const row = await transaction.selectFrom('enforcement').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? enforcementOf(row) : null;
}

function statusOf(word: string) {
  const status = ENFORCEMENT_STATUSES.find((known) => known === word);
  if (status !== undefined) return status;
  const right = ENFORCEMENT_STATUSES.join(', ');
  throw new Refusal('BAD_REQUEST', `status ${word} is none of an enforcement: ${right}`, { path: 'status' });
}

const conditions = (filter: EnforcementFilter) => (where: ExpressionBuilder<Tables, 'enforcement'>) =>
  where.and([
    ...(filter.rule === undefined ? [] : [where('rule', '=', filter.rule)]),
    ...(filter.rule_ref === undefined ? [] : [where('rule_ref', '=', filter.rule_ref)]),
    ...(filter.event === undefined ? [] : [where('event', '=', filter.event)]),
    ...(filter.status === undefined ? [] : [where('status', '=', statusOf(filter.status))]),
    ...(filter.trigger_ref === undefined ? [] : [where('trigger_ref', '=', filter.trigger_ref)]),
    ...(filter.correlation_id === undefined ? [] : [where('correlation_id', '=', filter.correlation_id)]),
  ]);

const SUMMARY = [
  'id',
  'rule',
  'rule_ref',
  'trigger_ref',
  'event',
  'status',
  'condition',
  'correlation_id',
  'created',
] as const satisfies readonly (keyof EnforcementRow)[];

/** Newest first. `total` is null unless the filter asks for it. BAD_REQUEST for an unknown status. */
export async function listEnforcements(
  transaction: Transaction,
  filter: EnforcementFilter,
  window: Window,
): Promise<{ rows: EnforcementSummary[]; total: number | null }> {
  const rows = await transaction
    .selectFrom('enforcement')
    .select(SUMMARY)
    .where(conditions(filter))
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .limit(window.limit)
    .offset(window.offset)
    .execute();
  return { rows, total: filter.include_total ? await count(transaction, filter) : null };
}

async function count(transaction: Transaction, filter: EnforcementFilter): Promise<number> {
  const counted = transaction.selectFrom('enforcement').where(conditions(filter));
  return (await counted.select((build) => build.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total;
}

const enforcementOf = (row: EnforcementRow): Enforcement => ({
  id: row.id,
  rule: row.rule,
  rule_ref: row.rule_ref,
  trigger_ref: row.trigger_ref,
  event: row.event,
  status: row.status,
  condition: row.condition,
  correlation_id: row.correlation_id,
  created: row.created,
  config: row.config,
  payload: row.payload,
  conditions: row.conditions,
  resolved_at: row.resolved_at,
});
