import { Logger, makeWorkerUtils, run, type Task } from 'graphile-worker';
import { createReferenceDatabase } from './reference-database';
import { packageName } from './package-name';
import type { QueueEngine } from './reference-engine';

const CONCURRENCY = 24;
/** Jobs of one statement. */
const BATCH = 1_000;

/** Starts graphile-worker with a database of its own on the server of `url`. */
export async function startGraphile(url: string): Promise<QueueEngine> {
  const connectionString = await createReferenceDatabase(url, 'graphile');
  let whenDone: () => void = () => undefined;
  let open = 0;
  const step: Task = async (steps, { addJob }) => {
    if (Number(steps) > 1) await addJob('step', Number(steps) - 1);
    else whenDone();
  };
  const noop: Task = () => {
    if (--open === 0) whenDone();
  };
  const logger = new Logger(() => () => undefined);
  const jobs = await makeWorkerUtils({ connectionString, logger });
  const runner = await run({
    connectionString,
    logger,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    taskList: { step, noop },
    preset: { worker: { localQueue: { size: BATCH }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  const timed = async (start: () => Promise<unknown>): Promise<number> => {
    const done = new Promise<void>((resolve) => (whenDone = resolve));
    const startedAt = performance.now();
    await start();
    await done;
    return performance.now() - startedAt;
  };
  return {
    id: 'graphile',
    name: packageName('graphile-worker'),
    sequenceMs: (steps) => timed(() => jobs.addJob('step', steps)),
    burstMs: (total) => {
      open = total;
      return timed(async () => {
        for (let added = 0; added < total; added += BATCH) {
          const count = Math.min(BATCH, total - added);
          await jobs.addJobs(Array.from({ length: count }, () => ({ identifier: 'noop', payload: {} })));
        }
      });
    },
    close: async () => {
      await runner.stop();
      await jobs.release();
    },
  };
}
