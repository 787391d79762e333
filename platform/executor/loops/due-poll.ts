import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';
import { runPollingLoop } from '../../base/async/polling-loop';
import { WakeupTimer } from '../../base/async/wakeup-timer';

/** A lost notification delays work by no more than this. */
const POLL_MS = 1_000;
/** Time to handle a notification before it is sent again. */
export const NOTIFY_GRACE_MS = 1_000;

/** The loops of the executor that process what is due. */
export interface LoopWakeups {
  /** Of executions, limits of workflows, and inquiries. */
  readonly scheduler: WakeupTimer;
  readonly timers: WakeupTimer;
  readonly pendingRules: WakeupTimer;
  readonly queues: WakeupTimer;
  /** Moves of clocks. */
  readonly clocks: WakeupTimer;
}

/** Milliseconds until there is work for each loop; 0: there is some; null: nothing is planned. */
type DueTimes = Readonly<Record<keyof LoopWakeups, number | null>>;

export const createLoopWakeups = (): LoopWakeups => ({
  scheduler: new WakeupTimer(),
  timers: new WakeupTimer(),
  pendingRules: new WakeupTimer(),
  queues: new WakeupTimer(),
  clocks: new WakeupTimer(),
});

/** Wakes each loop for its next work, until `stop`. */
export function runDuePoll(db: Database, wakeups: LoopWakeups, stop: AbortSignal, log: Logger): Promise<void> {
  const poll = async () => {
    const dueTimes = await readDueTimes(db);
    for (const loop of Object.keys(wakeups) as (keyof LoopWakeups)[]) {
      const dueMs = dueTimes[loop];
      if (dueMs !== null && dueMs <= POLL_MS) wakeups[loop].scheduleIn(dueMs);
    }
    return POLL_MS;
  };
  return runPollingLoop('the poll for due work', poll, new WakeupTimer(), stop, log);
}

/** All by one statement: most of the time nothing is due. */
async function readDueTimes(db: Database): Promise<DueTimes> {
  const { rows } = await db.singleStatement((transaction) =>
    sql<DueTimes>`
      select
        case when exists (select from overdue_work(${NOTIFY_GRACE_MS}))
          or exists (select from overdue_limits()) or exists (select from overdue_attempts()) or exists (select from due_inquiries(1))
          then 0 else least(next_due_ms(), next_inquiry_ms()) end as "scheduler",
        case when exists (select from tenants_with_due_timers()) then 0 else next_timer_ms() end as "timers",
        case when exists (select from pending_rules(1)) then 0 end as "pendingRules",
        case when exists (select from due_queues()) then 0 end as "queues",
        case when exists (select from tenants_with_moves()) then 0 end as "clocks"`.execute(transaction),
  );
  return rows[0]!;
}
