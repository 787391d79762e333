import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { instantText, written } from '../core/schedule/instant';
import { planned, type Due, type Plan } from '../core/schedule/plan';
import { isTimerTrigger } from '../core/schedule/schedule';
import { ringTimers } from '../queue/ring';
import { clockReads, type Transaction } from './database';

/** Of a text that the database wrote: epoch ms with a microsecond fraction. */
const epochMs = (text: string): number => written(text)?.wall ?? NaN;

/** What SQL's clock reads now, epoch ms. */
const reads = async (transaction: Transaction): Promise<number> => epochMs(await clockReads(transaction));

/** Plans the timers of this tenant that were switched on or changed, or only that of one rule; wakes who fires them. Answers how many. */
export async function planTimers(transaction: Transaction, rule: number | null = null): Promise<number> {
  const { rows } = await sql<{ rule: number; trigger_ref: string; trigger_params: JsonObject }>`
    select t.rule, r.trigger_ref, r.trigger_params from timer t join rule r on r.id = t.rule
    where t.tenant = app_tenant() and t.state = 'unplanned' and (${rule}::bigint is null or t.rule = ${rule}::bigint)
    order by t.rule for update of t skip locked`.execute(transaction);
  if (rows.length === 0) return 0;
  const now = await reads(transaction);
  const plans = rows.flatMap(({ rule: id, trigger_ref: ref, trigger_params: params }) =>
    isTimerTrigger(ref) ? [{ rule: id, fires: 0, anchor: now, ...planned(ref, params, now) }] : [],
  );
  await writePlans(transaction, now, plans);
  const first = Math.min(...plans.map(({ dueAt }) => dueAt ?? Infinity));
  if (first - now < SOON_MS) await ringTimers(transaction);
  return rows.length;
}

/** What is due sooner would be found too late by a loop that sleeps for so long. */
const SOON_MS = 1_000;

export type NewPlan = Plan & { readonly rule: number; readonly fires: number; readonly anchor: number };

/** Writes what timers are to do next, all in one statement. `now`: epoch ms. */
export async function writePlans(transaction: Transaction, now: number, plans: readonly NewPlan[]): Promise<void> {
  if (plans.length === 0) return;
  const rows = plans.map(({ rule, state, dueAt, reason, fires, anchor }) => ({
    ...{ rule, state, reason, fires, anchor: instantText(anchor) },
    due_at: dueAt === null ? null : instantText(dueAt),
  }));
  await sql`update timer t set state = n.state, due_at = n.due_at, anchor = n.anchor, fires = n.fires, reason = n.reason,
      planned_at = ${instantText(now)}, updated = platform_now()
    from json_to_recordset(${JSON.stringify(rows)}::json) as n
      (rule bigint, state text, due_at timestamptz, anchor timestamptz, fires int, reason text)
    where t.rule = n.rule`.execute(transaction);
}

/** A timer that is held by this transaction, and its rule with it. */
export interface HeldTimer extends Due {
  readonly rule: number;
  readonly ruleRef: string;
  readonly triggerId: number;
  readonly sensor: number | null;
}

interface HeldRow {
  readonly rule: number;
  readonly ref: string;
  readonly trigger: number;
  readonly trigger_ref: string;
  readonly trigger_params: JsonObject;
  readonly sensor: number | null;
  readonly due_at: string;
  readonly anchor: string;
  readonly fires: number;
}

/** Which timers to hold: those whose time has come, or those that were planned by a clock that was set back since. */
const WHICH = {
  due: sql`t.due_at <= (select platform_now())`,
  setBack: sql`t.planned_at > (select platform_now()) + interval '1 s'`,
} as const;

/**
 * Locks at most so many armed timers of this tenant, earliest first, with their rules: whoever switches one of them off is
 * answered after this transaction. Passes over what others hold, so that each occurrence has one owner.
 */
export async function holdTimers(
  transaction: Transaction,
  which: keyof typeof WHICH,
  most: number,
): Promise<{ readonly held: HeldTimer[]; readonly now: number }> {
  const { rows } = await sql<HeldRow>`
    select t.rule, r.ref, r.trigger, r.trigger_ref, r.trigger_params, g.sensor, t.due_at, t.anchor, t.fires
    from timer t join rule r on r.id = t.rule join trigger g on g.id = r.trigger
    where t.tenant = app_tenant() and t.state = 'armed' and r.enabled and ${WHICH[which]}
    order by t.due_at, t.rule limit ${most} for share of r skip locked for update of t skip locked`.execute(
    transaction,
  );
  return { held: rows.flatMap(heldOf), now: rows.length > 0 ? await reads(transaction) : 0 };
}

function heldOf(row: HeldRow): HeldTimer[] {
  const { rule, ref, trigger, trigger_ref, trigger_params, sensor, due_at, anchor, fires } = row;
  if (!isTimerTrigger(trigger_ref)) return [];
  const times = { dueAt: epochMs(due_at), anchor: epochMs(anchor) };
  return [
    { rule, ruleRef: ref, triggerId: trigger, trigger: trigger_ref, params: trigger_params, sensor, fires, ...times },
  ];
}

/** An occurrence that is to be stored. */
export interface Occurred {
  readonly timer: HeldTimer;
  readonly sensorRef: string;
  readonly payload: JsonObject;
}

/** Stores occurrences in their order, each with the promise that its rule will be asked. */
export async function insertOccurrences(transaction: Transaction, occurred: readonly Occurred[]): Promise<void> {
  if (occurred.length === 0) return;
  const rows = occurred.map(({ timer, sensorRef, payload }) => ({
    ...{ trigger: timer.triggerId, trigger_ref: timer.trigger, rule: timer.rule, rule_ref: timer.ruleRef },
    ...{ source: timer.sensor, source_ref: sensorRef, payload },
  }));
  await sql`
    with made as (
      insert into event (trigger, trigger_ref, payload, source, source_ref, rule, rule_ref)
      select trigger, trigger_ref, payload, source, source_ref, rule, rule_ref
      from json_to_recordset(${JSON.stringify(rows)}::json) as n
        (trigger bigint, trigger_ref text, payload json, source bigint, source_ref text, rule bigint, rule_ref text)
      returning id, rule
    )
    insert into timer_event (event, rule) select id, rule from made`.execute(transaction);
}
