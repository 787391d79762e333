import { accessSync, constants, readFileSync, statSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { StartError } from './errors';

const MEMORY = '/dev/shm';
const MEMORY_NEEDED = 1_024 ** 3;
const OTHERS_WALK = 0o001;

/** Memory-backed storage where throw-away data may go: null when absent, closed to us, too small or not for programs. */
export function memoryDirectory(): string | null {
  if (!isWritable(MEMORY) || forbidsPrograms(MEMORY)) return null;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= MEMORY_NEEDED ? MEMORY : null;
}

/** Where run directories are made. As root every parent must let PostgreSQL's user through. RUN_DIR_UNUSABLE. */
export function baseDirectory(): string {
  const candidates = [memoryDirectory(), tmpdir(), '/tmp', '/var/tmp'].filter((path) => path !== null);
  const base = candidates.find(
    (path) => isWritable(path) && (process.getuid?.() !== 0 || privateParent(path) === null),
  );
  if (base !== undefined) return base;
  throw new StartError(
    'RUN_DIR_UNUSABLE',
    `none of ${candidates.join(', ')} can be written`,
    'set TMPDIR to a folder of yours',
  );
}

/** The first folder on the way to `path` that other users may not enter; null: there is none. */
export function privateParent(path: string): string | null {
  const parent = dirname(resolve(path));
  const above = parent === resolve(path) ? null : privateParent(parent);
  if (above !== null) return above;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? OTHERS_WALK;
  return (mode & OTHERS_WALK) === 0 ? path : null;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The last mount on a path is the one that is seen. */
function forbidsPrograms(path: string): boolean {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const options = mounts.filter(([, where]) => where === path).at(-1)?.[3] ?? '';
  return options.split(',').includes('noexec');
}
