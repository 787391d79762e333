import { readFileSync, readdirSync } from 'node:fs';
import { errnoCode } from '../errors';

/** The state follows the last closing parenthesis: the program's name may contain parentheses. */
const STATE_PATTERN = /\) (\S) (\d+)[^)]*$/;
/** Set in the environment of every process of a platform except its supervisor. */
const INSTANCE_VARIABLE = 'PLATFORM_INSTANCE=';

/** Empty for a process that has exited or belongs to another user. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => code === errnoCode(error))) return '';
    throw error;
  }
}

const isPlatformProcess = (pid: number): boolean => readOrEmpty(`/proc/${pid}/environ`).includes(INSTANCE_VARIABLE);

/**
 * Whether a process still runs, or is a zombie that the platform has not reaped: its parent is a
 * process of a platform. A zombie that only init has to reap counts as ended, although `kill(pid,
 * 0)` succeeds. Linux only.
 */
function isAlive(pid: number): boolean {
  try {
    const [, state, parent] = STATE_PATTERN.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (state === 'Z') return isPlatformProcess(Number(parent));
    return state !== undefined && state !== 'X';
  } catch (error) {
    if (['ENOENT', 'ESRCH'].some((code) => code === errnoCode(error))) return false;
    throw error;
  }
}

/** A process of an execution, by its pid as it sees it. */
interface FixtureProcess {
  readonly execution: number;
  readonly pid: number;
}

/** Whether a process of an execution still runs, or is a zombie as in `isAlive`. */
export const isRunning = (process: FixtureProcess): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .some((hostPid) => isProcess(hostPid, process) && isAlive(hostPid));

/** A zombie has no environment left: it is one of the execution if it has its pid on this host. */
function isProcess(hostPid: number, { execution, pid }: FixtureProcess): boolean {
  const status = readOrEmpty(`/proc/${hostPid}/status`);
  const [, pids] = /^NSpid:\t(.*)$/m.exec(status) ?? [];
  if (pids === undefined || Number(pids.split('\t').at(-1)) !== pid) return false;
  const environment = readOrEmpty(`/proc/${hostPid}/environ`);
  if (environment === '') return hostPid === pid && /^State:\tZ/m.test(status);
  return `\0${environment}`.includes(`\0ATTUNE_EXEC_ID=${execution}\0`);
}
