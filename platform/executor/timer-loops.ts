import type { Logger } from 'pino';
import type { Database } from '../store/database/connection';
import { WakeupTimer } from './wakeup-timer';
import { fireTimers } from './fire-timers';
import { runPollingLoop } from './polling-loop';
import { processTimerEvents } from './process-timer-events';

/**
 * Fires due timers, and evaluates the rules of their events. The two loops are separate from the
 * scheduler's, so that neither a slow rule nor maintenance delays a timer. `wakeup` fires for
 * timers that were planned at short notice. Ends with `stop`.
 */
export async function runTimerLoops(db: Database, wakeup: WakeupTimer, stop: AbortSignal, log: Logger): Promise<void> {
  const eventsWakeup = new WakeupTimer();
  const fire = () => fireTimers(db, () => eventsWakeup.scheduleIn(0), log);
  await Promise.all([
    runPollingLoop('the timer loop', fire, wakeup, stop, log),
    runPollingLoop('the timer event loop', () => processTimerEvents(db, log), eventsWakeup, stop, log),
  ]);
}
