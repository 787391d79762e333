import { readdirSync, readFileSync } from 'node:fs';
import { systemCode } from '../helpers/errors';

/** What Linux counts processor time in, a second. */
const TICKS = 100;
/** After the last parenthesis: state, parent, …; user and system time are the 12th and 13th. */
const AFTER_NAME = /\) ([^)]*)$/;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Processor time so far, ms. */
  readonly busyMs: number;
}

/** What a family of processes has used. */
export interface Usage {
  readonly processes: number;
  readonly busyMs: number;
  /** Proportional: what several share is counted once. Bytes. */
  readonly memoryBytes: number;
}

/** Why a process cannot be read: it has ended meanwhile, or belongs to somebody else. */
const GONE = new Set<unknown>(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (GONE.has(systemCode(error))) return null;
    throw error;
  }
}

function statOf(pid: number): Stat[] {
  const fields = AFTER_NAME.exec(readOrNull(`/proc/${pid}/stat`)?.trimEnd() ?? '')?.[1]?.split(' ');
  if (!fields) return [];
  return [{ pid, parent: Number(fields[1]), busyMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS }];
}

const stats = (): Stat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)));

function memoryOf(pid: number): number {
  const [, kib = '0'] = /^Pss:\s+(\d+) kB/m.exec(readOrNull(`/proc/${pid}/smaps_rollup`) ?? '') ?? [];
  return Number(kib) * 1_024;
}

/** A process, all that descend from it, and all that carry `mark` in their environment. Linux. */
export function usageOf(head: number, mark: string): Usage {
  const all = stats();
  const family = new Set([head]);
  for (const { pid } of all) if (readOrNull(`/proc/${pid}/environ`)?.includes(mark)) family.add(pid);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const members = all.filter(({ pid }) => family.has(pid));
  return {
    processes: members.length,
    busyMs: members.reduce((sum, { busyMs }) => sum + busyMs, 0),
    memoryBytes: members.reduce((sum, { pid }) => sum + memoryOf(pid), 0),
  };
}
