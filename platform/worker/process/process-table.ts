import { readdirSync, readFileSync } from 'node:fs';
import type { Cgroup } from './cgroup';
import { errorCode } from '../../base/error-details';

/** The variable that every process of a program carries; its value: `programMark`. */
export const MARK_VARIABLE = 'PLATFORM_MARK';

const ZOMBIE_OR_DEAD = /^[ZX]$/;

/** Errors of a process that has exited or belongs to another user: not one of this worker. */
const UNREADABLE_CODES = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function readProcFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (UNREADABLE_CODES.has(errorCode(error) ?? '')) return null;
    throw error;
  }
}

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** The mark's value in a process's environment. A zombie has no environment left. */
function readMark(pid: number): string | null {
  const environ = readProcFile(`/proc/${pid}/environ`);
  if (environ === null || !environ.includes(`${MARK_VARIABLE}=`)) return null;
  const entry = environ
    .toString('latin1')
    .split('\0')
    .find((line) => line.startsWith(`${MARK_VARIABLE}=`));
  return entry === undefined ? null : entry.slice(MARK_VARIABLE.length + 1);
}

/**
 * Live processes with an environment entry that begins with this text (`NAME=value` and NUL:
 * exactly).
 */
export const pidsWithVariable = (variable: string): number[] =>
  allPids().filter((pid) => {
    const environ = readProcFile(`/proc/${pid}/environ`);
    return (
      environ !== null &&
      (environ.includes(`\0${variable}`) || environ.subarray(0, variable.length).equals(Buffer.from(variable)))
    );
  });

/** Live processes whose mark (`MARK_VARIABLE`) is accepted. */
export const pidsWithMark = (isAccepted: (mark: string) => boolean): number[] =>
  [...scanMarks(0)].flatMap(([mark, pids]) => (isAccepted(mark) ? pids : []));

/**
 * In the process table, and neither a zombie nor dead. `kill(pid, 0)` also succeeds for a zombie.
 */
export const isAlive = (pid: number): boolean => {
  const stat = readStat(pid);
  return stat !== null && !ZOMBIE_OR_DEAD.test(stat.state);
};

/** The state letter: `T` stopped, `Z` zombie; null: no such process. */
export const processState = (pid: number): string | null => readStat(pid)?.state ?? null;

interface ProcessStat {
  readonly state: string;
  readonly group: number;
  /** When it started: ticks since the host's start. */
  readonly startTick: number;
}

function readStat(pid: number): ProcessStat | null {
  const text = readProcFile(`/proc/${pid}/stat`)?.toString('latin1');
  if (text === undefined) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may contain anything
  return { state: fields[0] ?? 'X', group: Number(fields[2]), startTick: Number(fields[19]) };
}

/** Linux shows times of processes in this unit on every machine. */
const TICKS_PER_SECOND = 100;

const currentTick = (): number =>
  Math.floor(Number(readProcFile('/proc/uptime')?.toString('latin1').split(' ')[0]) * TICKS_PER_SECOND);

/**
 * Returns whether a process had started by now. Pids alone do not show it: after a wrap-around an
 * older one may be higher. Within a tick they do.
 */
export function startedByNow(): (pid: number) => boolean {
  const [lastPid, tick] = [lastAllocatedPid(), currentTick()];
  return (pid) => {
    const { startTick } = readStat(pid) ?? { startTick: Infinity };
    return startTick < tick || (startTick === tick && pid <= lastPid);
  };
}

/** The processes of one program, and what distinguishes them from all others. */
export interface ProcessTree {
  /** Pid of the leader, which is the process group id. */
  readonly processGroup: number;
  readonly mark: string;
  /** Monotonic ms of the leader's start. */
  readonly spawnedAt: number;
  /** Lower bound of the descendants' pids, valid for `PID_REUSE_MIN_MS`. */
  readonly lowestPid: number;
  /** Null or absent where the host allows no control groups. */
  readonly cgroup?: Cgroup | null;
  /** First process of the confinement, not of the program; null or absent: no confinement. */
  readonly initPid?: number | null;
}

/**
 * Pids do not wrap around twice within this time: a descendant has a higher pid than those
 * allocated before it, unless allocation restarted at 1 meanwhile.
 */
const PID_REUSE_MIN_MS = 5_000;

/** Pids below it cannot be descendants and are not read: a scan of all costs milliseconds. */
const lowestDescendantPid = ({ lowestPid, spawnedAt }: ProcessTree): number =>
  performance.now() - spawnedAt < PID_REUSE_MIN_MS ? lowestPid : 0;

/** The most recent pid; after a wrap-around lower than some that are in use. */
export const lastAllocatedPid = (): number =>
  Number(readProcFile('/proc/loadavg')?.toString('latin1').trim().split(' ').at(-1));

let pendingScan: { lowest: number; result: Promise<ReadonlyMap<string, readonly number[]>> } | null = null;

/**
 * Pids from `lowest` on, by mark. Requests made before a scan begins share that scan: attempts
 * often end together.
 */
function pidsByMark(lowest: number): Promise<ReadonlyMap<string, readonly number[]>> {
  if (pendingScan !== null) {
    pendingScan.lowest = Math.min(pendingScan.lowest, lowest);
    return pendingScan.result;
  }
  const scan = { lowest, result: new Promise<void>((resolve) => setImmediate(resolve)).then(runScan) };
  pendingScan = scan;
  return scan.result;

  function runScan(): Map<string, number[]> {
    pendingScan = null;
    return scanMarks(lastAllocatedPid() >= scan.lowest ? scan.lowest : 0);
  }
}

function scanMarks(lowestPid: number): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const pid of allPids()) {
    const mark = pid >= lowestPid ? readMark(pid) : null;
    if (mark !== null) found.set(mark, [...(found.get(mark) ?? []), pid]);
  }
  return found;
}

/** Sends a signal; false when no process is left to receive it. */
export function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (errorCode(error) === 'EPERM') return true;
    throw error;
  }
}

const pidsInGroup = (group: number): number[] =>
  sendSignal(-group, 0)
    ? allPids().filter((pid) => {
        const stat = readStat(pid);
        return stat?.group === group && !ZOMBIE_OR_DEAD.test(stat.state);
      })
    : [];

const markedPids = async (tree: ProcessTree): Promise<readonly number[]> =>
  (await pidsByMark(lowestDescendantPid(tree))).get(tree.mark) ?? [];

/**
 * Live processes of a tree: of its process group, with its mark, and in its control group. A
 * confined one cannot leave its control group: the others, which take milliseconds, are not read.
 */
export async function livePids(tree: ProcessTree): Promise<number[]> {
  const isInCgroup = tree.cgroup != null && tree.initPid != null;
  const others = isInCgroup ? [] : [...pidsInGroup(tree.processGroup), ...(await markedPids(tree))];
  const pids = new Set([...others, ...cgroupPids(tree)]);
  return [...pids].filter((pid) => pid !== tree.initPid);
}

const cgroupPids = ({ cgroup }: ProcessTree): readonly number[] => cgroup?.members() ?? [];

/** Live processes of a tree that left its process group: a signal to the group misses them. */
export const livePidsOutsideGroup = async (tree: ProcessTree): Promise<number[]> =>
  [...new Set([...(await markedPids(tree)), ...cgroupPids(tree)])].filter(
    (pid) => readStat(pid)?.group !== tree.processGroup,
  );
