import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostNow } from '../../clock';
import { codeOf } from '../faults';
import { isAlive } from '../process-table';

const LOOK_MS = 100;
const TOUCH_MS = 1_000;
/** A lock that nobody touched for so long, as the waiter saw it: its owner is dead, wherever it was. */
const SILENT_MS = 10_000;

/**
 * Holds the lock file at `path` while `work` runs; waits for whoever holds it. A dead owner is noticed at once on the
 * same host, elsewhere by its silence. It only saves work: two who hold it must still be harmless. Rejects on `stop`.
 */
export async function underLock<T>(path: string, stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  await acquire(path, stop);
  const touch = setInterval(() => void utimes(path, hostNow() / 1_000, hostNow() / 1_000).catch(ignoreGone), TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(path, { force: true });
  }
}

const ignoreGone = (error: unknown): void => {
  if (codeOf(error) !== 'ENOENT') throw error;
};

/** Pids are only comparable within one host and one pid namespace. */
const here = (): string => `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;

async function acquire(path: string, stop: AbortSignal): Promise<void> {
  let seen = { mtimeMs: 0, at: performance.now() };
  for (;;) {
    stop.throwIfAborted();
    if (await taken(path)) return;
    const mtimeMs = await stat(path).then(
      (found) => found.mtimeMs,
      () => 0,
    );
    if (mtimeMs !== seen.mtimeMs) seen = { mtimeMs, at: performance.now() };
    if ((await isOwnerDead(path)) || performance.now() - seen.at > SILENT_MS) await rm(path, { force: true });
    else await sleep(LOOK_MS);
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${process.pid} ${here()}`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isOwnerDead(path: string): Promise<boolean> {
  const [pid, ...place] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return place.join(' ') === here() && !isAlive(Number(pid));
}
