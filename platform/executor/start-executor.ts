import type { Logger } from 'pino';
import { withErrorSubject } from '../base/error-subject';
import { openListener } from '../store/database/listener';
import {
  CLOCKS_CHANGED,
  DISPATCH_CHANNEL,
  QUEUES_CHANGED,
  TIMERS_CHANGED,
  type AdvanceJob,
  type DispatchJob,
  type DispatchNotification,
} from '../store/database/notify';
import type { Database } from '../store/database/connection';
import { RowIsolation } from '../store/database/row-isolation';
import type { LeaseHeld } from '../store/executions/coordinator-lease';
import { addExecutor, removeExecutor, renewExecutor } from '../store/workers/executors';
import { advanceWorkflow } from './workflows/advance';
import { moveClocks } from './loops/move-clocks';
import { createLoopWakeups, runDuePoll, type LoopWakeups } from './loops/due-poll';
import { runPollingLoop } from '../base/async/polling-loop';
import { WakeupTimer } from '../base/async/wakeup-timer';
import { coalesceByKey } from '../base/async/coalescing-queue';
import { dispatchAndAdvance, type BatchOptions } from './workflows/dispatch-and-advance';
import { startPlanRefresh } from './loops/analyze-tables';
import { runScheduler, type SchedulerOptions } from './loops/scheduler';
import { runTimerAndRuleLoops } from './loops/timer-and-rule-loops';
import { dispatchQueues } from './queues/dispatch-queues';
import { parseJsonText } from '../../contract/json-text/parse-json-text';

/** Notifications of a kind that are handled at once; each takes a few short transactions. */
const CONCURRENCY = 4;
/** Renewals that may fail before the leases of workflows expire. */
const RENEWALS_PER_LEASE = 3;

export interface Executor {
  /** Resolves when what it handles has ended. */
  stop(): Promise<void>;
}

export interface ExecutorOptions extends SchedulerOptions {
  /** The application's connection URL, to listen for notifications. */
  readonly databaseUrl: string;
  /** Id of the platform. */
  readonly instance: string;
  /** Clocks of tenants may be moved. */
  readonly virtualTime: boolean;
}

/** Starts the executor, on the application's connections. */
export async function startExecutor(db: Database, options: ExecutorOptions, log: Logger): Promise<Executor> {
  const { staleMs, leaseMs } = options;
  const executor = await addExecutor(db, options.instance, leaseMs);
  const stopController = new AbortController();
  const wakeups = createLoopWakeups();
  const onLeaseHeld = ({ execution, owner, leasedUntil, message }: LeaseHeld) =>
    log.debug({ execution, owner, leasedUntil }, message);
  const onBatchFailed = (error: unknown) =>
    log.warn({ err: error }, 'a batch of executions is dispatched again, without the steps of its workflows');
  const onExecutionFailed = (error: unknown) =>
    log.error({ err: error }, 'could not dispatch an execution, and retries it');
  const onStepRejected = (error: unknown) =>
    log.error({ err: error }, 'a workflow fails: its next step cannot be stored');
  const isolation = new RowIsolation();
  const handlers = { onLeaseHeld, onBatchFailed, onExecutionFailed, onStepRejected };
  const advanceOptions = { executor, staleMs, isolation, ...handlers };
  const notifications = handleNotifications(db, options.databaseUrl, advanceOptions, wakeups, log);
  const { signal } = stopController;
  const renewLeases = async (): Promise<number> => {
    await renewExecutor(db, executor, leaseMs);
    return leaseMs / RENEWALS_PER_LEASE;
  };
  const [queues, clocks] = [new RowIsolation(), new RowIsolation()];
  const loops = [
    runDuePoll(db, wakeups, signal, log),
    runScheduler(db, options, wakeups.scheduler, signal, log),
    runTimerAndRuleLoops(db, wakeups, signal, log),
    runPollingLoop('the dispatch of work queues', () => dispatchQueues(db, log, queues), wakeups.queues, signal, log),
    ...(options.virtualTime
      ? [runPollingLoop('the moves of clocks', () => moveClocks(db, log, clocks), wakeups.clocks, signal, log)]
      : []),
    runPollingLoop('the renewal of leases', renewLeases, new WakeupTimer(), signal, log),
  ];
  return {
    stop: async () => {
      stopController.abort();
      await Promise.all(loops);
      await notifications.stop();
      await removeExecutor(db, executor).catch((error: unknown) =>
        log.warn({ err: error }, 'could not end the leases'),
      );
    },
  };
}

/** Dispatches executions and advances workflows as notifications arrive. */
function handleNotifications(
  db: Database,
  url: string,
  options: BatchOptions,
  wakeups: LoopWakeups,
  log: Logger,
): Executor {
  const { scheduler: schedulerWakeup, queues, timers } = wakeups;
  const planRefresh = startPlanRefresh(db, log);
  const dispatch = async (payload: string) => {
    await dispatchAndAdvance(db, options, schedulerWakeup)(parseJsonText(payload) as DispatchJob);
    planRefresh.recordWrites();
  };
  const advance = async (payload: string) => {
    const job = parseJsonText(payload) as AdvanceJob;
    const { execution } = job;
    await withErrorSubject({ execution }, () => advanceWorkflow(db, options, schedulerWakeup)(job));
    planRefresh.recordWrites();
  };
  const dispatchQueue = coalesceByKey(dispatch, CONCURRENCY, log);
  const advanceQueue = coalesceByKey(advance, CONCURRENCY, log);
  const listener = openListener({
    url,
    channel: DISPATCH_CHANNEL,
    log,
    onNotification: (payload) => {
      if (payload === QUEUES_CHANGED) return queues.scheduleIn(0);
      if (payload === TIMERS_CHANGED) return timers.scheduleIn(0);
      if (payload === CLOCKS_CHANGED) return Object.values(wakeups).forEach((loop: WakeupTimer) => loop.scheduleIn(0));
      const { execution } = parseJsonText(payload) as DispatchNotification;
      (execution === undefined ? dispatchQueue : advanceQueue).push(payload);
    },
    onConnected: () => schedulerWakeup.scheduleIn(0), // the scheduler loop finds work whose notification was lost
  });
  return {
    stop: async () => {
      await listener.close();
      await Promise.all([dispatchQueue.stop(), advanceQueue.stop()]);
      await planRefresh.stop();
    },
  };
}
