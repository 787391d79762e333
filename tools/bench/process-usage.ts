import { readdirSync, readFileSync } from 'node:fs';
import { errnoCode } from '../../helpers/errors';

/** Clock ticks per second of processor times in `/proc`. */
const TICKS_PER_SECOND = 100;
/**
 * Fields of `/proc/<pid>/stat` after the name: state, parent, …; user and system time are 12 and
 * 13.
 */
const FIELDS_AFTER_NAME = /\) ([^)]*)$/;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Processor time since the start, ms. */
  readonly cpuMs: number;
}

/** What a process and its descendants have used. */
interface ProcessUsage {
  readonly processes: number;
  readonly cpuMs: number;
  /** Bytes; memory that several processes share is counted once. */
  readonly memoryBytes: number;
}

/** Errors of reading a process that has exited, or that belongs to another user. */
const UNREADABLE = new Set<unknown>(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (UNREADABLE.has(errnoCode(error))) return null;
    throw error;
  }
}

function readStat(pid: number): ProcessStat[] {
  const fields = FIELDS_AFTER_NAME.exec(readOrNull(`/proc/${pid}/stat`)?.trimEnd() ?? '')?.[1]?.split(' ');
  if (!fields) return [];
  return [
    { pid, parent: Number(fields[1]), cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND },
  ];
}

const readAllStats = (): ProcessStat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)));

/**
 * Processor time of all processes that this one has started and that have ended, with their own
 * descendants, ms. Linux only.
 */
export function endedChildrenCpuMs(): number {
  const fields = FIELDS_AFTER_NAME.exec(readFileSync('/proc/self/stat', 'latin1').trimEnd())?.[1]?.split(' ') ?? [];
  return ((Number(fields[13]) + Number(fields[14])) * 1_000) / TICKS_PER_SECOND;
}

function readMemory(pid: number): number {
  const [, kib = '0'] = /^Pss:\s+(\d+) kB/m.exec(readOrNull(`/proc/${pid}/smaps_rollup`) ?? '') ?? [];
  return Number(kib) * 1_024;
}

/**
 * The process, its descendants, and all processes with `marker` in their environment. Linux only.
 */
export function measureUsage(rootPid: number, marker: string): ProcessUsage {
  const all = readAllStats();
  const family = new Set([rootPid]);
  for (const { pid } of all) if (readOrNull(`/proc/${pid}/environ`)?.includes(marker)) family.add(pid);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const members = all.filter(({ pid }) => family.has(pid));
  return {
    processes: members.length,
    cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    memoryBytes: members.reduce((sum, { pid }) => sum + readMemory(pid), 0),
  };
}
