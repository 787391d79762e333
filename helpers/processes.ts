import { readFileSync } from 'node:fs';
import { systemCode } from './errors';

/** The state letter is what comes after the last parenthesis: a program's name may hold some itself. */
const STATE = /\) (\S) (\d+)[^)]*$/;
/** In the environment of every process of a platform, bar the one that holds it. */
const INSTANCE = 'PLATFORM_INSTANCE=';

function isPlatforms(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(INSTANCE);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].some((gone) => gone === systemCode(error))) return false;
    throw error;
  }
}

/**
 * A process that still does something, or that the platform has ended and not taken leave of: a zombie whose parent is
 * one of the platform's. One that waits for the host's init is gone; `kill(pid, 0)` would say that it lives. Linux.
 */
export function isAlive(pid: number): boolean {
  try {
    const [, state, parent] = STATE.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (state === 'Z') return isPlatforms(Number(parent));
    return state !== undefined && state !== 'X';
  } catch (error) {
    if (['ENOENT', 'ESRCH'].some((gone) => gone === systemCode(error))) return false;
    throw error;
  }
}
