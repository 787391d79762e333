import { sql } from 'kysely';
import type { DecisionCode, Event } from '../../../contract/events';
import type { RuleDecision, RuleDecisionFilter } from '../../../contract/rule-decisions';
import { eventHeaders } from '../../core/criteria/event-headers';
import type { CriteriaEvent } from '../../core/criteria/types';
import { explainDecision } from '../../core/criteria/explain-decision';
import type { RuleChange } from '../../core/criteria/rule-state';
import { TimeSlices } from '../../base/async/time-slices';
import type { Transaction } from '../database/connection';
import type { CountedRows, RowRange } from '../database/list-rows';
import { eventsOfTrigger, type EventRow } from './events';
import type { RuleRow } from './rules';

interface DecidedEvent extends EventRow {
  readonly is_decided: boolean;
  readonly matched: boolean | null;
  readonly decided_by: string | null;
  readonly code: DecisionCode | null;
  readonly message: string | null;
  readonly enforcement: number | null;
  readonly execution: number | null;
  readonly is_pending: boolean;
  readonly has_payload: boolean;
}

/** The events that could fire a rule, the newest first, with what became of them. */
export async function listRuleDecisions(
  transaction: Transaction,
  rule: RuleRow,
  { event }: RuleDecisionFilter,
  { offset, limit }: RowRange,
): Promise<CountedRows<RuleDecision>> {
  const matching = sql`from event e where e.tenant = app_tenant() and e.trigger_ref = ${rule.trigger_ref}
    and (e.rule = ${rule.id} or e.rule is null and e.rule_ref is null)
    and (${event ?? null}::bigint is null or e.id = ${event ?? null}::bigint)`;
  const counted = await sql<{ total: number }>`select count(*) as total ${matching}`.execute(transaction);
  const { rows } = await sql<DecidedEvent>`
    with page as (select e.* ${matching} order by e.created desc, e.id desc offset ${offset} limit ${limit})
    select e.*, e.payload is not null as has_payload, d.id is not null as is_decided, d.matched, d.decided_by, d.code,
      d.message, d.enforcement, x.id as execution,
      exists (select from pending_rule p where p.event = e.id and p.rule = ${rule.id}) as is_pending
    from page e
      left join lateral (
        select * from event_decision d where d.event = e.id and d.rule = ${rule.id} order by d.id desc limit 1
      ) d on true
      left join execution x on x.enforcement = d.enforcement and x.parent is null
    order by e.created desc, e.id desc`.execute(transaction);
  const changes = await listChanges(transaction, rule.id);
  const shown = await eventsOfTrigger(transaction, rule.trigger_ref);
  const decisions: RuleDecision[] = [];
  const slices = new TimeSlices(); // what decided is evaluated again, for each event
  for (const row of rows) {
    await slices.giveTurn();
    decisions.push(decisionOf(row, shown(row), rule, changes));
  }
  return { rows: decisions, total: counted.rows[0]!.total };
}

function decisionOf(row: DecidedEvent, event: Event, rule: RuleRow, changes: readonly RuleChange[]): RuleDecision {
  const { is_decided, matched, decided_by, code, message, enforcement, execution, is_pending: isPending } = row;
  const stored = is_decided ? { matched: matched === true, decided_by, code, message, enforcement } : null;
  const shown = criteriaEvent(event, row.has_payload);
  return explainDecision({ event: shown, stored, execution, isPending, rule, changes });
}

function criteriaEvent(event: Event, hasPayload: boolean): CriteriaEvent {
  const { id, trigger_ref, payload, created } = event;
  return {
    id,
    triggerRef: trigger_ref,
    payload: hasPayload ? payload : undefined,
    headers: eventHeaders(event),
    created,
  };
}

/** The changes of what decides whether it is evaluated, the oldest first. */
async function listChanges(transaction: Transaction, rule: number): Promise<RuleChange[]> {
  const { rows } = await sql<StoredChange>`
    select time, new_values->'enabled' as enabled, old_values->'enabled' as was_enabled,
      new_values->>'trigger_ref' as trigger, old_values->>'trigger_ref' as old_trigger
    from rule_history where tenant = app_tenant() and entity_id = ${rule} and new_values is not null
      and (new_values ? 'enabled' or new_values ? 'trigger_ref') order by id`.execute(transaction);
  return rows.map(({ time, enabled, was_enabled, trigger, old_trigger }) => ({
    time,
    ...(enabled !== null && { enabled: { before: was_enabled, after: enabled } }),
    ...(trigger !== null && { trigger: { before: old_trigger, after: trigger } }),
  }));
}

interface StoredChange {
  readonly time: string;
  readonly enabled: boolean | null;
  readonly was_enabled: boolean | null;
  readonly trigger: string | null;
  readonly old_trigger: string | null;
}
