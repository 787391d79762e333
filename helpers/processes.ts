import { readFileSync } from 'node:fs';
import { systemCode } from './errors';

/** The state letter is what comes after the last parenthesis: a program's name may hold some itself. */
const STATE = /\) (\S)[^)]*$/;

/** A process that still does something. A zombie does not: `kill(pid, 0)` would say that it lives. Linux. */
export function isAlive(pid: number): boolean {
  try {
    const [, state] = STATE.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state !== undefined && state !== 'Z' && state !== 'X';
  } catch (error) {
    if (['ENOENT', 'ESRCH'].some((gone) => gone === systemCode(error))) return false;
    throw error;
  }
}
