import { readFileSync } from 'node:fs';

/** When a process started, in ticks since the boot, and the boot; null where there is none. */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Whether the process that runs a sandbox still runs. */
export const isRunning = ({ pid, start }: { readonly pid: number; readonly start: string }): boolean =>
  processStart(pid) === start;
