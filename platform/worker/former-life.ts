import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MARK, pidsWith, send } from './process-table';

/** In the environment of every process that a worker starts for an attempt: the worker's name. */
export const WORKER = 'PLATFORM_WORKER';

const LOOK_MS = 10;
/** What outlives KILL for so long hangs in the kernel. */
const KILL_WAIT_MS = 2_000;

/**
 * A worker that died left processes and private files behind; it ends the ones and removes the others before it takes
 * part again, so that what is run anew runs alone. `temporary`: the worker's own directory.
 */
export async function endFormerLife(worker: string, temporary: string): Promise<void> {
  await endAll(`${WORKER}=${worker}\0`);
  await rm(temporary, { recursive: true, force: true });
}

/** Ends what earlier attempts of an execution left on this host, whichever worker of the instance ran them. */
export const endEarlierAttempts = (instance: string, execution: number): Promise<void> =>
  endAll(`${MARK}=${instance}:${execution}:`);

/** Ends what an earlier process of a sensor left on this host, whichever worker of the instance ran it. */
export const endEarlierSensor = (instance: string, sensor: number): Promise<void> =>
  endAll(`${MARK}=${instance}:sensor-${sensor}:`);

/** KILL until two looks in a row find nobody. */
async function endAll(variable: string): Promise<void> {
  const deadline = performance.now() + KILL_WAIT_MS;
  for (let quiet = 0; quiet < 2 && performance.now() < deadline;) {
    const living = pidsWith(variable);
    quiet = living.length === 0 ? quiet + 1 : 0;
    for (const pid of living) send(pid, 'SIGKILL');
    if (living.length > 0) await sleep(LOOK_MS);
  }
}
