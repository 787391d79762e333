import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';
import type { LoopWakeups } from './due-poll';
import { RowIsolation } from '../../store/database/row-isolation';
import { fireTimers } from '../events/fire-timers';
import { runPollingLoop } from '../../base/async/polling-loop';
import { evaluatePendingRules } from '../events/evaluate-pending-rules';

/**
 * Fires due timers, and evaluates pending rules: those of their events, and those that failed.
 * The two loops are separate from the scheduler's, so that neither a slow rule nor maintenance
 * delays a timer. Ends with `stop`.
 */
export async function runTimerAndRuleLoops(
  db: Database,
  { timers, pendingRules }: Pick<LoopWakeups, 'timers' | 'pendingRules'>,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  const [timerIsolation, ruleIsolation] = [new RowIsolation(), new RowIsolation()];
  const fire = () => fireTimers(db, () => pendingRules.scheduleIn(0), log, timerIsolation);
  const evaluate = () => evaluatePendingRules(db, log, ruleIsolation);
  await Promise.all([
    runPollingLoop('the timer loop', fire, timers, stop, log),
    runPollingLoop('the loop of pending rules', evaluate, pendingRules, stop, log),
  ]);
}
