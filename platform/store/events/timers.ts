import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { formatInstant, parseDateTime } from '../../core/schedule/date-time';
import { initialPlan, type DueTimer, type TimerPlan } from '../../core/schedule/plan';
import { isTimerTrigger } from '../../core/schedule/schedule';
import { notifyTimers } from '../database/notify';
import { readClock, type Transaction } from '../database/connection';

/** Parses a timestamp of the database: epoch ms with a microsecond fraction. */
export const parseEpochMs = (text: string): number => parseDateTime(text)?.wallTime ?? NaN;

/** The time of the database's clock, epoch ms. */
const readClockMs = async (transaction: Transaction): Promise<number> => parseEpochMs(await readClock(transaction));

/** Only the timer of one rule, and none of these. */
export interface TimerFilter {
  readonly rule?: number | null;
  readonly except?: readonly number[];
}

/**
 * Plans the tenant's timers that were enabled or changed, or only those of one rule or pack (ids),
 * without those of some rules.
 * Occurrences count from the change, not from now: none between the two is left out. Wakes the
 * executor that fires them. Returns how many were planned.
 */
export async function planTimers(
  transaction: Transaction,
  { rule = null, pack = null, except = [] }: TimerFilter & { readonly pack?: number | null } = {},
): Promise<number> {
  const { rows } = await sql<{ rule: number; trigger_ref: string; trigger_params: JsonObject; anchor: string }>`
    select t.rule, r.trigger_ref, r.trigger_params, coalesce(t.anchor, platform_now()) as anchor
    from timer t join rule r on r.id = t.rule
    where t.tenant = app_tenant() and t.state = 'unplanned' and (${rule}::bigint is null or t.rule = ${rule}::bigint)
      and (${pack}::bigint is null or r.pack = ${pack}::bigint) and t.rule <> all(${[...except]}::bigint[])
    order by t.rule for update of t skip locked`.execute(transaction);
  if (rows.length === 0) return 0;
  const now = await readClockMs(transaction);
  const plans = rows.flatMap(({ rule: id, trigger_ref: ref, trigger_params: params, anchor: changedAt }) => {
    const anchor = parseEpochMs(changedAt);
    return isTimerTrigger(ref) ? [{ rule: id, fires: 0, anchor, ...initialPlan(ref, params, anchor) }] : [];
  });
  await writePlans(transaction, now, plans);
  const earliest = Math.min(...plans.map(({ dueAt }) => dueAt ?? Infinity));
  if (earliest - now < WAKE_WITHIN_MS) await notifyTimers(transaction);
  return rows.length;
}

/** A timer that is due within this time could be missed by the regular run. */
const WAKE_WITHIN_MS = 1_000;

export type NewPlan = TimerPlan & { readonly rule: number; readonly fires: number; readonly anchor: number };

/** Writes the next state of timers in one statement. `now`: epoch ms. */
export async function writePlans(transaction: Transaction, now: number, plans: readonly NewPlan[]): Promise<void> {
  if (plans.length === 0) return;
  const rows = plans.map(({ rule, state, dueAt, reason, fires, anchor }) => ({
    rule,
    state,
    reason,
    fires,
    anchor: formatInstant(anchor),
    due_at: dueAt === null ? null : formatInstant(dueAt),
  }));
  await sql`update timer t set state = n.state, due_at = n.due_at, anchor = n.anchor, fires = n.fires, reason = n.reason,
      planned_at = ${formatInstant(now)}, updated = platform_now()
    from json_to_recordset(${writeJson(rows)}::json) as n
      (rule bigint, state text, due_at timestamptz, anchor timestamptz, fires bigint, reason text)
    where t.rule = n.rule`.execute(transaction);
}

/** A timer whose row, and that of its rule, this transaction has locked. */
export interface LockedTimer extends DueTimer {
  readonly rule: number;
  readonly ruleRef: string;
  readonly triggerId: number;
  readonly sensor: number | null;
}

interface LockedTimerRow {
  readonly rule: number;
  readonly ref: string;
  readonly trigger: number;
  readonly trigger_ref: string;
  readonly trigger_params: JsonObject;
  readonly sensor: number | null;
  readonly due_at: string;
  readonly anchor: string;
  readonly fires: number;
  readonly now: string;
}

/**
 * Which timers to lock: those that are due, or those planned by a clock that was set back since.
 */
const SELECTIONS = {
  due: sql`t.due_at <= (select now from clock)`,
  setBack: sql`t.planned_at > (select now from clock) + interval '1 s'`,
} as const;

/**
 * Rules with timers of this tenant that `planTimers` plans or `lockTimers` locks, without some
 * rules: `maxCount` at most, earliest first.
 */
export async function listPendingTimers(
  transaction: Transaction,
  except: readonly number[],
  maxCount: number,
): Promise<number[]> {
  const { rows } = await sql<{ rule: number }>`
    with clock as materialized (select platform_now() as now)
    select t.rule from timer t join rule r on r.id = t.rule
    where t.tenant = app_tenant() and t.rule <> all(${[...except]}::bigint[])
      and (t.state = 'unplanned' or t.state = 'armed' and r.enabled and (${SELECTIONS.due} or ${SELECTIONS.setBack}))
    order by t.due_at nulls first, t.rule limit ${maxCount}`.execute(transaction);
  return rows.map(({ rule }) => rule);
}

/**
 * Locks up to `maxCount` armed timers of this tenant, earliest first, with their rules: disabling
 * one of them waits for this transaction. Skips timers that others have locked, so that each
 * occurrence fires once. `now` is the reading of the clock by which they are due: a second one
 * could be earlier than an occurrence.
 */
export async function lockTimers(
  transaction: Transaction,
  selection: keyof typeof SELECTIONS,
  maxCount: number,
  { rule = null, except = [] }: TimerFilter = {},
): Promise<{ readonly timers: LockedTimer[]; readonly now: number }> {
  const { rows } = await sql<LockedTimerRow>`
    with clock as materialized (select platform_now() as now)
    select t.rule, r.ref, r.trigger, r.trigger_ref, r.trigger_params, g.sensor, t.due_at, t.anchor, t.fires,
      (select now from clock) as now
    from timer t join rule r on r.id = t.rule join trigger g on g.id = r.trigger
    where t.tenant = app_tenant() and t.state = 'armed' and r.enabled and ${SELECTIONS[selection]}
      and (${rule}::bigint is null or t.rule = ${rule}::bigint) and t.rule <> all(${[...except]}::bigint[])
    order by t.due_at, t.rule limit ${maxCount} for share of r skip locked for update of t skip locked`.execute(
    transaction,
  );
  return { timers: rows.flatMap(toLockedTimer), now: rows[0] ? parseEpochMs(rows[0].now) : 0 };
}

function toLockedTimer(row: LockedTimerRow): LockedTimer[] {
  const { rule, ref, trigger, trigger_ref, trigger_params, sensor, due_at, anchor, fires } = row;
  if (!isTimerTrigger(trigger_ref)) return [];
  const times = { dueAt: parseEpochMs(due_at), anchor: parseEpochMs(anchor) };
  return [
    { rule, ruleRef: ref, triggerId: trigger, trigger: trigger_ref, params: trigger_params, sensor, fires, ...times },
  ];
}

/** An occurrence to be stored. */
export interface NewOccurrence {
  readonly timer: LockedTimer;
  readonly sensorRef: string;
  readonly payload: JsonObject;
}

/** Stores occurrences in order, each with the note that its rule is still to be evaluated. */
export async function insertOccurrences(
  transaction: Transaction,
  occurrences: readonly NewOccurrence[],
): Promise<void> {
  if (occurrences.length === 0) return;
  const rows = occurrences.map(({ timer, sensorRef, payload }) => ({
    trigger: timer.triggerId,
    trigger_ref: timer.trigger,
    rule: timer.rule,
    rule_ref: timer.ruleRef,
    source: timer.sensor,
    source_ref: sensorRef,
    payload,
  }));
  await sql`
    with made as (
      insert into event (trigger, trigger_ref, payload, source, source_ref, rule, rule_ref)
      select trigger, trigger_ref, payload, source, source_ref, rule, rule_ref
      from json_to_recordset(${writeJson(rows)}::json) as n
        (trigger bigint, trigger_ref text, payload json, source bigint, source_ref text, rule bigint, rule_ref text)
      returning id, rule
    )
    insert into pending_rule (event, rule) select id, rule from made`.execute(transaction);
}
