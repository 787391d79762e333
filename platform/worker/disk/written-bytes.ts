import { readFileSync } from 'node:fs';

const WRITTEN = /^wchar: (\d+)/m;

/**
 * Bytes that processes and their children that have ended have written, to files and to all else.
 * Read synchronously: the kernel answers at once. A process that has gone counts 0.
 */
export const writtenBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(WRITTEN.exec(ioOf(pid))?.[1] ?? 0), 0);

function ioOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/io`, 'utf8');
  } catch {
    return ''; // it has ended, or the kernel counts nothing
  }
}
