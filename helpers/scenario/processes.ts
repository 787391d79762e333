import { readFileSync } from 'node:fs';
import { errnoCode } from '../errors';

/** The state follows the last closing parenthesis: the program's name may contain parentheses. */
const STATE_PATTERN = /\) (\S) (\d+)[^)]*$/;
/** Set in the environment of every process of a platform except its supervisor. */
const INSTANCE_VARIABLE = 'PLATFORM_INSTANCE=';

function isPlatformProcess(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(INSTANCE_VARIABLE);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].some((code) => code === errnoCode(error))) return false;
    throw error;
  }
}

/**
 * Whether a process still runs, or is a zombie that the platform has not reaped: its parent is a
 * process of a platform. A zombie that only init has to reap counts as ended, although `kill(pid,
 * 0)` succeeds. Linux only.
 */
export function isAlive(pid: number): boolean {
  try {
    const [, state, parent] = STATE_PATTERN.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (state === 'Z') return isPlatformProcess(Number(parent));
    return state !== undefined && state !== 'X';
  } catch (error) {
    if (['ENOENT', 'ESRCH'].some((code) => code === errnoCode(error))) return false;
    throw error;
  }
}
