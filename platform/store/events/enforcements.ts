import { sql, type Selectable } from 'kysely';
import {
  ENFORCEMENT_STATUSES,
  type Enforcement,
  type EnforcementFilter,
  type EnforcementSummary,
} from '../../../contract/events';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { shownParameters } from '../../core/rule-parameters/shown-parameters';
import { DomainError } from '../../base/domain-error';
import { asJson, now, type Transaction } from '../database/connection';
import type { EventRow } from './events';
import { declaredSchema } from '../packs/former-schemas';
import { findTrigger } from './triggers';
import type { Tables } from '../database/tables';
import { countRows, equalColumns, matchingRefs, pageNewestFirst, type RowRange } from '../database/list-rows';

type EnforcementRow = Selectable<Tables['enforcement']>;

/** Creates the enforcement of one rule by one event. Null when it exists already. */
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

/** Null when there is none in this tenant. */
export async function getEnforcement(transaction: Transaction, id: number): Promise<Enforcement | null> {
  const row = await transaction.selectFrom('enforcement').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const trigger = await findTrigger(transaction, row.trigger_ref);
  const schema = await declaredSchema(transaction, 'payload', row.trigger_ref, trigger?.out_schema ?? null);
  return toEnforcement(row, shownParameters(row.payload, schema));
}

function parseStatus(text: string) {
  const status = ENFORCEMENT_STATUSES.find((candidate) => candidate === text);
  if (status !== undefined) return status;
  const allowed = ENFORCEMENT_STATUSES.join(', ');
  throw new DomainError('BAD_REQUEST', `status ${text} is not an enforcement status: ${allowed}`, { path: 'status' });
}

function filterConditions(filter: EnforcementFilter) {
  const columns = {
    rule: filter.rule,
    event: filter.event,
    status: filter.status === undefined ? undefined : parseStatus(filter.status),
    correlation_id: filter.correlation_id,
  };
  const refs = { rule_ref: filter.rule_ref, trigger_ref: filter.trigger_ref };
  return sql<boolean>`${equalColumns<'enforcement'>(columns)} and ${matchingRefs<'enforcement'>(refs)}`;
}

const SUMMARY_COLUMNS = [
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

/**
 * Newest first. `total` is null unless the filter asks for it. BAD_REQUEST for an unknown status.
 */
export async function listEnforcements(
  transaction: Transaction,
  filter: EnforcementFilter,
  range: RowRange,
): Promise<{ rows: EnforcementSummary[]; total: number | null }> {
  const matching = transaction.selectFrom('enforcement').where(filterConditions(filter));
  const summaries = matching.select(SUMMARY_COLUMNS);
  const rows = await pageNewestFirst(summaries, range).execute();
  return { rows, total: filter.include_total ? await countRows(matching) : null };
}

/** `payload`: without secrets. */
const toEnforcement = (row: EnforcementRow, payload: JsonObject): Enforcement => ({
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
  payload,
  conditions: row.conditions,
  resolved_at: row.resolved_at,
});
