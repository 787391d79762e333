import { sql } from 'kysely';
import type { Logger } from 'pino';
import { addErrorSubject, withErrorSubject } from '../../base/error-subject';
import { afterFire, afterClockSetBack, invalidPlan, type TimerPlan } from '../../core/schedule/plan';
import type { Database, Transaction } from '../../store/database/connection';
import {
  lockTimers,
  insertOccurrences,
  planTimers,
  writePlans,
  type LockedTimer,
  type NewPlan,
} from '../../store/events/timers';

/**
 * Timers of one transaction; a full batch is followed by the next before its events are processed.
 */
const BATCH = 1_000;
/** Delay before timers that another transaction locks are tried again. */
const LOCKED_RETRY_MS = 20;
/** The contract's ref of the sensor of timers. */
const SENSOR_REF = 'core.timer_sensor';

/**
 * Fires every due timer of each tenant: its events and its next due time are written in one
 * transaction. Returns ms until the next timer is due. `onFired` is called after the commit.
 */
export async function fireTimers(db: Database, onFired: () => void, log: Logger): Promise<number> {
  const { tenants, nextMs } = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ tenant: number | null; next: number | null }>`
      select tenant, null::double precision as next from tenants_with_due_timers()
      union all select null, next_timer_ms()`.execute(transaction);
    const next = rows.find(({ tenant }) => tenant === null)?.next ?? Infinity;
    return { tenants: rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant])), nextMs: next };
  });
  if (tenants.length === 0) return nextMs;
  const outcomes = [];
  for (const tenant of tenants)
    outcomes.push(await withErrorSubject({ tenant }, () => db.inTenant(tenant, fireInTenant)));
  if (outcomes.every(({ examined }) => examined < BATCH) && outcomes.some(({ occurrences }) => occurrences > 0))
    onFired();
  log.debug({ tenants, outcomes }, 'timers checked');
  return outcomes.some(({ examined }) => examined > 0) ? 0 : Math.min(nextMs, LOCKED_RETRY_MS);
}

async function fireInTenant(transaction: Transaction): Promise<{ examined: number; occurrences: number }> {
  const plannedCount = await planTimers(transaction);
  const { timers, now } = await lockTimers(transaction, 'due', BATCH);
  const outcomes = timers.map((timer) => ({ timer, ...timerOutcome(timer, now) }));
  const occurrenceRows = outcomes.flatMap(({ timer, occurrence }) =>
    occurrence === null ? [] : [{ timer, sensorRef: SENSOR_REF, payload: occurrence }],
  );
  await insertOccurrences(transaction, occurrenceRows);
  await writePlans(transaction, now, outcomes.map(nextPlan));
  return {
    examined: plannedCount + timers.length + (await replanAfterSetBack(transaction)),
    occurrences: occurrenceRows.length,
  };
}

/** Parameters were validated when the timer was armed; a newer platform may reject them. */
function timerOutcome(timer: LockedTimer, now: number): ReturnType<typeof afterFire> {
  try {
    return afterFire(timer, now, SENSOR_REF);
  } catch (error) {
    return { occurrence: null, plan: invalidPlan(addErrorSubject(error, { rule: timer.rule })) };
  }
}

type TimerOutcome = ReturnType<typeof afterFire> & { readonly timer: LockedTimer };

const nextPlan = ({ timer, occurrence, plan }: TimerOutcome): NewPlan => ({
  ...plan,
  rule: timer.rule,
  anchor: timer.anchor,
  fires: timer.fires + (occurrence === null ? 0 : 1),
});

function planAfterSetBack(timer: LockedTimer, now: number): TimerPlan {
  try {
    return { state: 'armed', dueAt: afterClockSetBack(timer, now), reason: null };
  } catch (error) {
    return invalidPlan(addErrorSubject(error, { rule: timer.rule }));
  }
}

/** Plans timers again that were planned before the clock was set back. */
async function replanAfterSetBack(transaction: Transaction): Promise<number> {
  const { timers, now } = await lockTimers(transaction, 'setBack', BATCH);
  const plans = timers.map((timer): NewPlan => {
    return { ...planAfterSetBack(timer, now), rule: timer.rule, anchor: timer.anchor, fires: timer.fires };
  });
  await writePlans(transaction, now, plans);
  return timers.length;
}
