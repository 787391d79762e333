import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnCli, stopCli, waitForReady } from '../embedded/cli-process';
import { errorCode } from '../../../platform/base/error-details';

/** Only root mounts a file system. */
export const testAsRoot = process.getuid!() === 0 ? test : test.skip;

export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes free. */
  fill(freeBytes: number): void;
  /** Leaves nothing free, whatever else is written meanwhile. */
  fillUp(): void;
  empty(): void;
  unmount(): void;
}

const releases: (() => unknown)[] = [];
afterAll(async () => {
  for (const release of releases.reverse()) await release();
});

/** After the tests of the file, the last first. */
export const releaseAtEnd = (release: () => unknown): void => void releases.push(release);

/** Starts a platform whose data are on a small disk; both end with the tests of the file. */
export async function startOnSmallDisk(
  bytes: number,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const disk = mountSmallDisk(bytes);
  releaseAtEnd(disk.unmount);
  const data = join(disk.path, 'data');
  const cli = spawnCli(['up', '--data', data, '--port', '0', '--json', ...args], env);
  releaseAtEnd(() => stopCli(cli));
  return { disk, data, running: await waitForReady(cli) };
}

const CHUNK_BYTES = 1_024 ** 2;

/** A file system of its own, in memory. */
export function mountSmallDisk(bytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0711`, 'tmpfs', path]);
  chmodSync(path, 0o711);
  const filler = join(path, 'filler');
  return {
    path,
    fill: (freeBytes) => {
      const { bavail, bsize } = statfsSync(path);
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (let left = bavail * bsize - freeBytes; left > 0; left -= CHUNK_BYTES)
        writeFileSync(filler, chunk.subarray(0, Math.min(left, CHUNK_BYTES)), { flag: 'a' });
    },
    fillUp: () => {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (let size = CHUNK_BYTES; size >= 1; size = Math.floor(size / 2))
        appendWhilePossible(filler, chunk.subarray(0, size));
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}

function appendWhilePossible(path: string, bytes: Buffer): void {
  for (;;) {
    try {
      writeFileSync(path, bytes, { flag: 'a' });
    } catch (error) {
      if (errorCode(error) === 'ENOSPC') return;
      throw error;
    }
  }
}
