import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostNow } from '../../base/clock';
import { errorCode, ignoreCodes } from '../../base/error-details';
import { isAlive } from '../process/process-table';

const POLL_MS = 100;
const TOUCH_INTERVAL_MS = 1_000;
/** A lock that was not touched for this long, by the waiter's clock, has a dead owner. */
const STALE_AFTER_MS = 10_000;

/**
 * Holds the lock file at `path` while `work` runs, and waits while another process holds it. A
 * dead owner is detected at once on the same host, else by the age of the lock. The lock only
 * saves work: two holders at once must be harmless. Rejects on `stop`.
 */
export async function withBuildLock<T>(path: string, stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  await acquire(path, stop);
  const touch = setInterval(
    () => void utimes(path, hostNow() / 1_000, hostNow() / 1_000).catch(ignoreCodes('ENOENT')),
    TOUCH_INTERVAL_MS,
  );
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(path, { force: true });
  }
}

/** Pids are comparable only within one host and one pid namespace. */
const hostIdentity = (): string => `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;

async function acquire(path: string, stop: AbortSignal): Promise<void> {
  let lastTouch = { mtimeMs: 0, observedAt: performance.now() };
  for (;;) {
    stop.throwIfAborted();
    if (await createLockFile(path)) return;
    const mtimeMs = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => 0,
    );
    if (mtimeMs !== lastTouch.mtimeMs) lastTouch = { mtimeMs, observedAt: performance.now() };
    if ((await isOwnerDead(path)) || performance.now() - lastTouch.observedAt > STALE_AFTER_MS)
      await rm(path, { force: true });
    else await sleep(POLL_MS);
  }
}

async function createLockFile(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${process.pid} ${hostIdentity()}`);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isOwnerDead(path: string): Promise<boolean> {
  const [pid, ...identity] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return identity.join(' ') === hostIdentity() && !isAlive(Number(pid));
}
