import { run, type Runner } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { openBell } from '../queue/bell';
import { queueLogger } from '../queue/logger';
import { RING_CHANNEL, type AdvanceJob, type DispatchJob, type Ring } from '../queue/ring';
import type { Database } from '../store/database';
import { advance } from './advance';
import { Alarm } from './alarm';
import { answerRings } from './answer-rings';
import { dispatch } from './dispatch';
import { openPlans } from './plans';
import { sweep, type SweepOptions } from './sweep';
import { runTimers } from './timers';

/** Rings of a kind that are answered at once; each answer is a few short transactions. */
const CONCURRENCY = 4;
/** Of jobs nobody was notified of: the scheduler loop rings again sooner than that. */
const POLL_MS = 5_000;

export interface Executor {
  /** Ends after the jobs at hand. */
  stop(): Promise<void>;
}

export interface ExecutorOptions extends SweepOptions {
  /** Owner's connection URL: to listen for doorbells. */
  readonly databaseUrl: string;
}

/** Starts the executor: the queue's runner on the owner's connections, the decisions on the application's. */
export async function startExecutor(
  db: Database,
  ownerPool: Pool,
  options: ExecutorOptions,
  log: Logger,
): Promise<Executor> {
  const stopping = new AbortController();
  const alarm = new Alarm();
  const timerAlarm = new Alarm();
  const runner: Runner = await run({
    pgPool: ownerPool,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: queueLogger(log),
    taskList: { timers: () => timerAlarm.ringIn(0) },
  });
  const plans = openPlans(db, log);
  const dispatching = answerRings(
    async (carried) => {
      await dispatch(db, options.staleMs)(JSON.parse(carried) as DispatchJob);
      plans.used();
    },
    CONCURRENCY,
    log,
  );
  const advancing = answerRings((carried) => advance(db, alarm)(JSON.parse(carried) as AdvanceJob), CONCURRENCY, log);
  const heard = (carried: string) => {
    const { execution } = JSON.parse(carried) as Ring;
    (execution === undefined ? dispatching : advancing).ring(carried);
  };
  const bell = openBell({
    url: options.databaseUrl,
    channel: RING_CHANNEL,
    log,
    heard,
    connected: () => alarm.ringIn(0), // the scheduler loop rings for what was not heard
  });
  const sweeping = sweep(db, options, alarm, stopping.signal, log);
  const timing = runTimers(db, timerAlarm, stopping.signal, log);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([sweeping, timing]);
      await bell.close();
      await Promise.all([dispatching.stop(), advancing.stop()]);
      await plans.stop();
      await runner.stop();
    },
  };
}
