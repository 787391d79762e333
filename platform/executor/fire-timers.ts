import { sql } from 'kysely';
import type { Logger } from 'pino';
import { fired, setBack, type Plan } from '../core/schedule/plan';
import { ScheduleInvalid } from '../core/schedule/types';
import type { Database, Transaction } from '../store/database';
import { holdTimers, insertOccurrences, planTimers, writePlans, type HeldTimer, type NewPlan } from '../store/timers';

/** Timers of one transaction; more follow at once, before what fired is taken in. */
const BATCH = 1_000;
/** Timers that another holds, or whose rule is being changed, are looked at again after this, ms. */
const HELD_MS = 20;
/** What the contract calls the one that serves timers. */
const SENSOR_REF = 'core.timer_sensor';

/**
 * Fires every timer whose time has come, in each tenant: the occurrences and the next due times in one transaction.
 * Answers how long until there is something to do, ms. `onFired` is called after the commit.
 */
export async function fireTimers(db: Database, onFired: () => void, log: Logger): Promise<number> {
  const { tenants, nextMs } = await db.alone(async (transaction) => {
    const { rows } = await sql<{ tenant: number | null; next: number | null }>`
      select tenant, null::double precision as next from timer_tenants()
      union all select null, next_timer_ms()`.execute(transaction);
    const next = rows.find(({ tenant }) => tenant === null)?.next ?? Infinity;
    return { tenants: rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant])), nextMs: next };
  });
  if (tenants.length === 0) return nextMs;
  const outcomes = [];
  for (const tenant of tenants) outcomes.push(await db.inTenant(tenant, fireInTenant));
  if (outcomes.every(({ looked }) => looked < BATCH) && outcomes.some(({ occurrences }) => occurrences > 0)) onFired();
  log.debug({ tenants, outcomes }, 'timers were looked at');
  return outcomes.some(({ looked }) => looked > 0) ? 0 : Math.min(nextMs, HELD_MS);
}

async function fireInTenant(transaction: Transaction): Promise<{ looked: number; occurrences: number }> {
  const planning = await planTimers(transaction);
  const { held, now } = await holdTimers(transaction, 'due', BATCH);
  const outcomes = held.map((timer) => ({ timer, ...outcomeOf(timer, now) }));
  const occurred = outcomes.flatMap(({ timer, occurrence }) =>
    occurrence === null ? [] : [{ timer, sensorRef: SENSOR_REF, payload: occurrence }],
  );
  await insertOccurrences(transaction, occurred);
  await writePlans(transaction, now, outcomes.map(planAfter));
  return { looked: planning + held.length + (await followClock(transaction)), occurrences: occurred.length };
}

/** Parameters that were good when the timer was armed are good still, unless a newer platform reads them otherwise. */
function outcomeOf(timer: HeldTimer, now: number): ReturnType<typeof fired> {
  try {
    return fired(timer, now, SENSOR_REF);
  } catch (error) {
    if (!(error instanceof ScheduleInvalid)) throw error;
    return { occurrence: null, plan: { state: 'invalid', dueAt: null, reason: error.message } };
  }
}

type Outcome = ReturnType<typeof fired> & { readonly timer: HeldTimer };

const planAfter = ({ timer, occurrence, plan }: Outcome): NewPlan => ({
  ...plan,
  rule: timer.rule,
  anchor: timer.anchor,
  fires: timer.fires + (occurrence === null ? 0 : 1),
});

/** Plans anew what was planned by a clock that has been set back since. */
async function followClock(transaction: Transaction): Promise<number> {
  const { held, now } = await holdTimers(transaction, 'setBack', BATCH);
  const plans = held.map((timer): NewPlan => {
    const plan: Plan = { state: 'armed', dueAt: setBack(timer, now), reason: null };
    return { ...plan, rule: timer.rule, anchor: timer.anchor, fires: timer.fires };
  });
  await writePlans(transaction, now, plans);
  return held.length;
}
