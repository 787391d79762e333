import { sql } from 'kysely';
import type { Logger } from 'pino';
import { addErrorSubject } from '../../base/error-subject';
import { afterFire, afterClockSetBack, invalidPlan, type TimerPlan } from '../../core/schedule/plan';
import type { Database, Transaction } from '../../store/database/connection';
import { isDatabaseUnusable } from '../../store/database/lost-connection';
import { RowIsolation } from '../../store/database/row-isolation';
import {
  lockTimers,
  insertOccurrences,
  listPendingTimers,
  planTimers,
  writePlans,
  type LockedTimer,
  type NewPlan,
  type TimerFilter,
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
 * transaction. A timer that fails does not stop the others. Returns ms until the next timer is
 * due. `onFired` is called after the commit.
 */
export async function fireTimers(
  db: Database,
  onFired: () => void,
  log: Logger,
  isolation = new RowIsolation(),
): Promise<number> {
  const { tenants, nextMs } = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ tenant: number | null; next: number | null }>`
      select tenant, null::double precision as next from tenants_with_due_timers()
      union all select null, next_timer_ms()`.execute(transaction);
    const next = rows.find(({ tenant }) => tenant === null)?.next ?? Infinity;
    return { tenants: rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant])), nextMs: next };
  });
  if (tenants.length === 0) return nextMs;
  const onError = (error: unknown) => log.error({ err: error }, 'could not fire a timer, and retries it');
  const ofTenants = await isolation.runEach(
    tenants,
    (tenant) => ({ tenant }),
    (tenant) => fireOfTenant(db, tenant, isolation, onError),
    onError,
  );
  const outcomes = ofTenants.flat();
  if (outcomes.every(({ examined }) => examined < BATCH) && outcomes.some(({ occurrences }) => occurrences > 0))
    onFired();
  log.debug({ tenants, outcomes }, 'timers checked');
  if (outcomes.some(({ examined }) => examined > 0)) return 0;
  return isolation.failedRows().length > 0 ? nextMs : Math.min(nextMs, LOCKED_RETRY_MS);
}

interface Fired {
  readonly examined: number;
  readonly occurrences: number;
}

/**
 * In one transaction; where that fails, each timer in one of its own, and so those that failed
 * before.
 */
async function fireOfTenant(
  db: Database,
  tenant: number,
  isolation: RowIsolation,
  onError: (error: unknown) => void,
): Promise<Fired[]> {
  const failed = isolation.failedIds(tenant, 'rule');
  const fireEach = (rules: readonly number[]) =>
    isolation.runEach(
      rules,
      (rule) => ({ tenant, rule }),
      (rule) => db.inTenant(tenant, (transaction) => fireInTenant(transaction, { rule })),
      onError,
    );
  const retried = await fireEach(failed);
  try {
    return [...retried, await db.inTenant(tenant, (transaction) => fireInTenant(transaction, { except: failed }))];
  } catch (error) {
    if (isDatabaseUnusable(error)) throw error;
    const rules = await db.inTenant(tenant, (transaction) => listPendingTimers(transaction, failed, BATCH));
    return [...retried, ...(await fireEach(rules))];
  }
}

async function fireInTenant(transaction: Transaction, filter: TimerFilter): Promise<Fired> {
  const plannedCount = await planTimers(transaction, filter);
  const { timers, now } = await lockTimers(transaction, 'due', BATCH, filter);
  const outcomes = timers.map((timer) => ({ timer, ...timerOutcome(timer, now) }));
  const occurrenceRows = outcomes.flatMap(({ timer, occurrence }) =>
    occurrence === null ? [] : [{ timer, sensorRef: SENSOR_REF, payload: occurrence }],
  );
  await insertOccurrences(transaction, occurrenceRows);
  await writePlans(transaction, now, outcomes.map(nextPlan));
  return {
    examined: plannedCount + timers.length + (await replanAfterSetBack(transaction, filter)),
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
async function replanAfterSetBack(transaction: Transaction, filter: TimerFilter): Promise<number> {
  const { timers, now } = await lockTimers(transaction, 'setBack', BATCH, filter);
  const plans = timers.map((timer): NewPlan => {
    return { ...planAfterSetBack(timer, now), rule: timer.rule, anchor: timer.anchor, fires: timer.fires };
  });
  await writePlans(transaction, now, plans);
  return timers.length;
}
