import { accessSync, constants, readFileSync, statSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { StartError } from './start-error';

const MEMORY_DIRECTORY = '/dev/shm';
const MIN_MEMORY_BYTES = 1_024 ** 3;
const OTHERS_EXECUTE = 0o001;

/**
 * Memory-backed directory for temporary data; null when it is absent, not writable, too small or
 * mounted noexec.
 */
export function memoryDirectory(): string | null {
  if (!isWritable(MEMORY_DIRECTORY) || isMountedNoexec(MEMORY_DIRECTORY)) return null;
  const { bavail, bsize } = statfsSync(MEMORY_DIRECTORY);
  return bavail * bsize >= MIN_MEMORY_BYTES ? MEMORY_DIRECTORY : null;
}

/**
 * Directory for run directories. As root, PostgreSQL's user must be able to enter every parent.
 * Throws StartError RUN_DIR_UNUSABLE.
 */
export function baseDirectory(): string {
  const candidates = [memoryDirectory(), tmpdir(), '/tmp', '/var/tmp'].filter((path) => path !== null);
  const base = candidates.find(
    (path) => isWritable(path) && (process.getuid?.() !== 0 || privateParent(path) === null),
  );
  if (base !== undefined) return base;
  throw new StartError(
    'RUN_DIR_UNUSABLE',
    `none of ${candidates.join(', ')} is writable`,
    'set TMPDIR to a writable directory',
  );
}

/** The first directory on the way to `path` that other users may not enter; null: none. */
export function privateParent(path: string): string | null {
  const parent = dirname(resolve(path));
  const privateAncestor = parent === resolve(path) ? null : privateParent(parent);
  if (privateAncestor !== null) return privateAncestor;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? OTHERS_EXECUTE;
  return (mode & OTHERS_EXECUTE) === 0 ? path : null;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The last mount on a path is the visible one. */
function isMountedNoexec(path: string): boolean {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const options = mounts.filter(([, mountPoint]) => mountPoint === path).at(-1)?.[3] ?? '';
  return options.split(',').includes('noexec');
}
