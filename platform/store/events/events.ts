import { sql, type Selectable } from 'kysely';
import type { Decision, Event, EventFilter, EventSummary } from '../../../contract/events';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { shownParameters } from '../../core/rule-parameters/shown-parameters';
import { asJson, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { causedBy } from '../executions/new-execution';
import { declaredSchemasOfTrigger } from '../packs/former-schemas';
import { findTrigger } from './triggers';
import { countRows, equalColumns, matchingRefs, pageNewestFirst, type RowRange } from '../database/list-rows';

export type EventRow = Selectable<Tables['event']>;

/** An event to be stored. */
export interface NewEvent {
  readonly trigger: { readonly id: number; readonly ref: string };
  /** Undefined when none was given, which differs from null. */
  readonly payload: Json | undefined;
  readonly config: JsonObject | null;
  readonly source: number | null;
  readonly sourceRef: string | null;
  /**
   * The only rule that it may fire, or `gone` when that is deleted; null for every rule of the
   * trigger.
   */
  readonly rule: { readonly id: number; readonly ref: string } | 'gone' | null;
  /** Correlation id of its cause; null starts a new chain. */
  readonly correlationId: string | null;
  /** The depth of the executions that it causes; absent: 0. */
  readonly causationDepth?: number;
}

/** The chain of an event that an execution causes; one without an execution starts its own. */
export function eventChain(
  cause: { readonly correlation_id: string | null; readonly causation_depth: number | null } | null | undefined,
): Pick<NewEvent, 'correlationId' | 'causationDepth'> {
  if (!cause?.correlation_id) return { correlationId: null };
  const chain = causedBy({ correlation_id: cause.correlation_id, causation_depth: cause.causation_depth ?? 0 });
  return { correlationId: chain.correlation_id, causationDepth: chain.causation_depth };
}

export const insertEvent = (transaction: Transaction, event: NewEvent): Promise<EventRow> =>
  transaction
    .insertInto('event')
    .values({
      trigger: event.trigger.id,
      trigger_ref: event.trigger.ref,
      config: event.config && asJson(event.config),
      payload: event.payload === undefined ? null : asJson(event.payload),
      source: event.source,
      source_ref: event.sourceRef,
      rule: event.rule === 'gone' ? null : event.rule?.id,
      rule_ref: event.rule === 'gone' ? null : event.rule?.ref,
      ...(event.correlationId !== null && { correlation_id: event.correlationId }),
      causation_depth: event.causationDepth ?? 0,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Null when there is none in this tenant. */
export async function getEvent(transaction: Transaction, id: number): Promise<Event | null> {
  const row = await transaction.selectFrom('event').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? shownEvent(transaction, row) : null;
}

function filterConditions(filter: EventFilter) {
  const columns = { trigger: filter.trigger, source: filter.source, correlation_id: filter.correlation_id };
  const refs = { trigger_ref: filter.trigger_ref, rule_ref: filter.rule_ref };
  return sql<boolean>`${equalColumns<'event'>(columns)} and ${matchingRefs<'event'>(refs)}`;
}

const SUMMARY_COLUMNS = [
  'id',
  'trigger',
  'trigger_ref',
  'source',
  'source_ref',
  'rule',
  'rule_ref',
  'correlation_id',
  'created',
] as const satisfies readonly (keyof EventRow)[];

/** Newest first. `total` is null unless the filter asks for it. */
export async function listEvents(
  transaction: Transaction,
  filter: EventFilter,
  range: RowRange,
): Promise<{ rows: EventSummary[]; total: number | null }> {
  const matching = transaction.selectFrom('event').where(filterConditions(filter));
  const summaries = matching.select(SUMMARY_COLUMNS).select(sql<boolean>`payload is not null`.as('has_payload'));
  const rows = await pageNewestFirst(summaries, range).execute();
  return { rows, total: filter.include_total ? await countRows(matching) : null };
}

/** Records the decisions of the rules. */
export async function insertDecisions(
  transaction: Transaction,
  event: number,
  decisions: readonly Decision[],
): Promise<void> {
  if (decisions.length === 0) return;
  await transaction
    .insertInto('event_decision')
    .values(decisions.map((decision) => ({ event, ...decision })))
    .execute();
}

/** In the order of the rules. */
export const listDecisions = (transaction: Transaction, event: number): Promise<Decision[]> =>
  transaction
    .selectFrom('event_decision')
    .select(['rule', 'rule_ref', 'matched', 'decided_by', 'code', 'message', 'enforcement'])
    .where('event', '=', event)
    .orderBy('rule')
    .orderBy('id')
    .execute();

/** Without what its trigger declares secret. */
export const shownEvent = async (transaction: Transaction, row: EventRow): Promise<Event> =>
  (await eventsOfTrigger(transaction, row.trigger_ref))(row);

/** Returns what shows an event of a trigger: without what that declares secret, or did. */
export async function eventsOfTrigger(transaction: Transaction, ref: string): Promise<(row: EventRow) => Event> {
  const trigger = await findTrigger(transaction, ref);
  const declared = await declaredSchemasOfTrigger(transaction, ref, {
    trigger: trigger?.param_schema ?? null,
    payload: trigger?.out_schema ?? null,
  });
  return (row) => {
    const payload = isObject(row.payload) ? shownParameters(row.payload, declared.payload) : row.payload;
    return toEvent(row, row.config && shownParameters(row.config, declared.trigger), payload);
  };
}

const toEvent = (row: EventRow, config: JsonObject | null, payload: Json): Event => ({
  id: row.id,
  trigger: row.trigger,
  trigger_ref: row.trigger_ref,
  config,
  payload,
  source: row.source,
  source_ref: row.source_ref,
  rule: row.rule,
  rule_ref: row.rule_ref,
  correlation_id: row.correlation_id,
  created: row.created,
});
