import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { errnoCode } from '../errors';

/** The state follows the last closing parenthesis: the program's name may contain parentheses. */
const STATE_PATTERN = /\) (\S) (\d+)[^)]*$/;
/** Set in the environment of every process of a platform except its supervisor. */
const INSTANCE_VARIABLE = 'PLATFORM_INSTANCE=';

/** A file of `/proc`; empty for a process that has exited or belongs to another user. */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => code === errnoCode(error))) return '';
    throw error;
  }
}

/** Of all processes that this one can see. */
export const hostPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Pid of the parent on this host; 0 for a process that has none, or has exited. */
export const parentOf = (pid: number): number => Number(STATE_PATTERN.exec(readOrEmpty(`/proc/${pid}/stat`))?.[2] ?? 0);

/** The process, its parent, and so on up to the first one of the host. */
export const ancestors = (pid: number): number[] => (pid === 0 ? [] : [pid, ...ancestors(parentOf(pid))]);

/** Whether a process was started with these variables, `NAME=value` each. */
export function hasVariables(pid: number, variables: readonly string[]): boolean {
  const environment = `\0${readOrEmpty(`/proc/${pid}/environ`)}`;
  return variables.every((variable) => environment.includes(`\0${variable}\0`));
}

const isPlatformProcess = (pid: number): boolean => readOrEmpty(`/proc/${pid}/environ`).includes(INSTANCE_VARIABLE);

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

/** Sends a signal to a process, unless it has exited. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errnoCode(error) !== 'ESRCH') throw error;
  }
}

/** A process of an execution, by its pid as it sees it. */
interface FixtureProcess {
  /** Path of the ledger that it writes to, as it sees it. */
  readonly ledger: string;
  readonly execution: number;
  readonly pid: number;
}

/**
 * Those that still run, or are zombies as in `isAlive`, each of them once. `/proc` is read once,
 * because a ledger has hundreds of entries of one process.
 */
export function findRunning<T extends FixtureProcess>(processes: readonly T[]): T[] {
  const unique = [...new Map(processes.map((each) => [`${each.ledger} ${each.execution} ${each.pid}`, each])).values()];
  const byOwnPid = unique.length === 0 ? new Map<number, number[]>() : hostPidsByOwnPid();
  return unique.filter((each) =>
    (byOwnPid.get(each.pid) ?? []).some((hostPid) => isProcess(hostPid, each) && isAlive(hostPid)),
  );
}

/** The pids on this host, by the pid that the process itself sees. */
function hostPidsByOwnPid(): Map<number, number[]> {
  const byOwnPid = new Map<number, number[]>();
  for (const hostPid of hostPids()) {
    const [, pids] = /^NSpid:\t(.*)$/m.exec(readOrEmpty(`/proc/${hostPid}/status`)) ?? [];
    if (pids === undefined) continue;
    const ownPid = Number(pids.split('\t').at(-1));
    byOwnPid.set(ownPid, [...(byOwnPid.get(ownPid) ?? []), hostPid]);
  }
  return byOwnPid;
}

/**
 * Another platform on this host may run an execution with the same id, in namespaces where the
 * same pids occur: its processes do not see the ledger. A zombie has no environment left: it is
 * one of the execution if it has its pid on this host.
 */
function isProcess(hostPid: number, { ledger, execution, pid }: FixtureProcess): boolean {
  const environment = readOrEmpty(`/proc/${hostPid}/environ`);
  if (environment === '') return hostPid === pid && /^State:\tZ/m.test(readOrEmpty(`/proc/${hostPid}/status`));
  return hasVariables(hostPid, [`ATTUNE_EXEC_ID=${execution}`]) && existsSync(`/proc/${hostPid}/root${ledger}`);
}
