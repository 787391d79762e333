import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';
import type { LoopWakeups } from './due-poll';
import { RowIsolation } from '../../store/database/row-isolation';
import { fireTimers } from '../events/fire-timers';
import { runPollingLoop } from '../../base/async/polling-loop';
import { processTimerEvents } from '../events/process-timer-events';

/**
 * Fires due timers, and evaluates the rules of their events. The two loops are separate from the
 * scheduler's, so that neither a slow rule nor maintenance delays a timer. Ends with `stop`.
 */
export async function runTimerLoops(
  db: Database,
  { timers, timerEvents }: Pick<LoopWakeups, 'timers' | 'timerEvents'>,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  const [armed, occurred] = [new RowIsolation(), new RowIsolation()];
  const fire = () => fireTimers(db, () => timerEvents.scheduleIn(0), log, armed);
  await Promise.all([
    runPollingLoop('the timer loop', fire, timers, stop, log),
    runPollingLoop('the timer event loop', () => processTimerEvents(db, log, occurred), timerEvents, stop, log),
  ]);
}
