import { sql, type ExpressionBuilder, type Selectable } from 'kysely';
import type { Decision, Event, EventFilter, EventSummary } from '../../contract/events';
import type { Json, JsonObject } from '../../contract/json';
import { asJson, type Transaction } from './database';
import type { Window } from './executions';
import type { EventTable, Tables } from './tables';

export type EventRow = Selectable<EventTable>;

/** An event that was not stored yet. */
export interface NewEvent {
  readonly trigger: { readonly id: number; readonly ref: string };
  /** Undefined: none was given, which is not the same as null. */
  readonly payload: Json | undefined;
  readonly config: JsonObject | null;
  readonly source: number | null;
  readonly sourceRef: string | null;
  /** The only rule that it may fire, which may be gone; null: every rule of the trigger. */
  readonly rule: { readonly id: number; readonly ref: string } | 'gone' | null;
  /** Of the chain that brought it about; null begins one. */
  readonly correlationId: string | null;
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
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Null when it never existed, or belongs to somebody else. */
export async function getEvent(transaction: Transaction, id: number): Promise<Event | null> {
  const row = await transaction.selectFrom('event').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? eventOf(row) : null;
}

const conditions = (filter: EventFilter) => (where: ExpressionBuilder<Tables, 'event'>) =>
  where.and([
    ...(filter.trigger === undefined ? [] : [where('trigger', '=', filter.trigger)]),
    ...(filter.trigger_ref === undefined ? [] : [where('trigger_ref', '=', filter.trigger_ref)]),
    ...(filter.rule_ref === undefined ? [] : [where('rule_ref', '=', filter.rule_ref)]),
    ...(filter.source === undefined ? [] : [where('source', '=', filter.source)]),
    ...(filter.correlation_id === undefined ? [] : [where('correlation_id', '=', filter.correlation_id)]),
  ]);

const SUMMARY = [
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
  window: Window,
): Promise<{ rows: EventSummary[]; total: number | null }> {
  const rows = await transaction
    .selectFrom('event')
    .select(SUMMARY)
    .select(sql<boolean>`payload is not null`.as('has_payload'))
    .where(conditions(filter))
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .limit(window.limit)
    .offset(window.offset)
    .execute();
  return { rows, total: filter.include_total ? await count(transaction, filter) : null };
}

async function count(transaction: Transaction, filter: EventFilter): Promise<number> {
  const counted = transaction.selectFrom('event').where(conditions(filter));
  return (await counted.select((build) => build.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()).total;
}

/** Records what the rules made of an event, in the order given. */
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

/** In the order in which the rules were asked. */
export const decisionsOf = (transaction: Transaction, event: number): Promise<Decision[]> =>
  transaction
    .selectFrom('event_decision')
    .select(['rule', 'rule_ref', 'matched', 'decided_by', 'code', 'message', 'enforcement'])
    .where('event', '=', event)
    .orderBy('id')
    .execute();

export const eventOf = (row: EventRow): Event => ({
  id: row.id,
  trigger: row.trigger,
  trigger_ref: row.trigger_ref,
  config: row.config,
  payload: row.payload,
  source: row.source,
  source_ref: row.source_ref,
  rule: row.rule,
  rule_ref: row.rule_ref,
  correlation_id: row.correlation_id,
  created: row.created,
});
