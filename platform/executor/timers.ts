import type { Logger } from 'pino';
import type { Database } from '../store/database';
import { Alarm } from './alarm';
import { fireTimers } from './fire-timers';
import { repeat } from './repeat';
import { takeInFired } from './take-in-fired';

/**
 * Fires timers at their time, and asks the rules of what fired. Two loops of their own, so that neither a slow rule nor
 * the search for lost work makes a timer late. `alarm` rings for what was planned at short notice. Ends with `stop`.
 */
export async function runTimers(db: Database, alarm: Alarm, stop: AbortSignal, log: Logger): Promise<void> {
  const intake = new Alarm();
  const fire = () => fireTimers(db, () => intake.ringIn(0), log);
  await Promise.all([
    repeat('the timers', fire, alarm, stop, log),
    repeat('the intake of timers', () => takeInFired(db, log), intake, stop, log),
  ]);
}
