import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Only root mounts a file system. */
export const testAsRoot = process.getuid!() === 0 ? test : test.skip;

export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes free. */
  fill(freeBytes: number): void;
  empty(): void;
  unmount(): void;
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
    empty: () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}
