import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import type { RuleFires } from '../../../contract/rules';
import { shownInstant } from '../../core/schedule/date-time';
import { initialPlan, invalidPlan, nextFires, type TimerPlan } from '../../core/schedule/plan';
import { isTimerTrigger, type TimerTrigger } from '../../core/schedule/schedule';
import type { Transaction } from '../database/connection';
import { parseEpochMs } from './timers';

interface TimerRow {
  readonly rule_ref: string;
  readonly trigger_ref: string;
  readonly trigger_params: JsonObject;
  readonly state: TimerPlan['state'] | 'off' | 'unplanned';
  readonly reason: string | null;
  readonly due_at: string | null;
  readonly anchor: string;
  readonly now: string;
}

/** The state of a rule's timer, and at most `count` fires; null for a rule that has none. */
export async function readPlannedFires(
  transaction: Transaction,
  rule: number,
  count: number,
): Promise<RuleFires | null> {
  const { rows } = await sql<TimerRow>`
    with clock as materialized (select platform_now() as now)
    select r.ref as rule_ref, r.trigger_ref, r.trigger_params, t.state, t.reason, t.due_at,
      coalesce(t.anchor, c.now) as anchor, c.now
    from timer t join rule r on r.id = t.rule cross join clock c where t.rule = ${rule}`.execute(transaction);
  const [row] = rows;
  if (!row || !isTimerTrigger(row.trigger_ref)) return null;
  return { rule: row.rule_ref, ...(await firesOf(row, row.trigger_ref, count)) };
}

async function firesOf(row: TimerRow, trigger: TimerTrigger, count: number): Promise<Omit<RuleFires, 'rule'>> {
  if (row.state === 'off') return { state: 'off', reason: null, fires: [] };
  const { trigger_params: params } = row;
  const [anchor, now] = [parseEpochMs(row.anchor), parseEpochMs(row.now)];
  const { state, reason, dueAt } = planOf(row, trigger, anchor);
  if (dueAt === null) return { state, reason, fires: [] };
  try {
    const fires: string[] = [];
    for (const at of nextFires({ trigger, params, anchor, dueAt }, now)) {
      fires.push(shownInstant(at));
      if (fires.length === count) break;
      await setImmediate(); // a rare occurrence takes long to find: other requests go on
    }
    return { state, reason, fires };
  } catch (error) {
    const { state: invalid, reason: fault } = invalidPlan(error); // an older platform has armed it
    return { state: invalid, reason: fault, fires: [] };
  }
}

/** A timer that is not planned yet will be planned as of its anchor. */
function planOf({ state, reason, due_at, trigger_params }: TimerRow, trigger: TimerTrigger, anchor: number): TimerPlan {
  if (due_at !== null) return { state: 'armed', dueAt: parseEpochMs(due_at), reason: null };
  if (state === 'expired' || state === 'invalid') return { state, dueAt: null, reason: reason ?? '' };
  return initialPlan(trigger, trigger_params, anchor);
}
