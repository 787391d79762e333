import { readFileSync } from 'node:fs';

/** The state letter is what comes after the last parenthesis: a program's name may hold some itself. */
const STATE = /\) (\S)[^)]*$/;

/** A process that still does something. A zombie does not: `kill(pid, 0)` would say that it lives. Linux. */
export function isAlive(pid: number): boolean {
  try {
    const [, state] = STATE.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state !== undefined && state !== 'Z' && state !== 'X';
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
}
