import { readdirSync, readFileSync } from 'node:fs';
import type { Cgroup } from './cgroups';
import { codeOf } from './faults';

/** The variable that every process of an attempt carries: `<instance>:<execution>:<attempt>`. */
export const MARK = 'PLATFORM_MARK';

const ZOMBIE_OR_DEAD = /^[ZX]$/;

/** Why a process cannot be read: it has ended, or belongs to somebody else. Neither is one of ours. */
const GONE = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (GONE.has(codeOf(error) ?? '')) return null;
    throw error;
  }
}

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** The mark's value in a process's environment. A zombie has no environment left. */
function markOf(pid: number): string | null {
  const environ = read(`/proc/${pid}/environ`);
  if (environ === null || !environ.includes(`${MARK}=`)) return null;
  const entry = environ
    .toString('latin1')
    .split('\0')
    .find((line) => line.startsWith(`${MARK}=`));
  return entry === undefined ? null : entry.slice(MARK.length + 1);
}

/** Live processes whose environment holds this text at the beginning of a variable: `NAME=value` and a NUL, or a prefix. */
export const pidsWith = (variable: string): number[] =>
  pids().filter((pid) => {
    const environ = read(`/proc/${pid}/environ`);
    return (
      environ !== null &&
      (environ.includes(`\0${variable}`) || environ.subarray(0, variable.length).equals(Buffer.from(variable)))
    );
  });

/** Alive means: in the table, and neither a zombie nor dead. `kill(pid, 0)` calls a zombie alive. */
export const isAlive = (pid: number): boolean => {
  const stat = statOf(pid);
  return stat !== null && !ZOMBIE_OR_DEAD.test(stat.state);
};

/** The state's letter: `T` is stopped, `Z` a zombie; null: there is no such process. */
export const stateOf = (pid: number): string | null => statOf(pid)?.state ?? null;

function statOf(pid: number): { state: string; group: number } | null {
  const text = read(`/proc/${pid}/stat`)?.toString('latin1');
  if (text === undefined) return null;
  const [state, , group] = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
  return { state: state ?? 'X', group: Number(group) };
}

/** The processes of one attempt: how they are told from all others. */
export interface Family {
  /** Pid of the leader, and number of its process group. */
  readonly group: number;
  readonly mark: string;
  /** Monotonic ms of its start. */
  readonly bornAt: number;
  /** No descendant has a lower pid, as long as it is young. */
  readonly lowest: number;
  /** Its control group, where the host allows one. */
  readonly cgroup?: Cgroup | null;
}

/** In so short a time pids do not come round: descendants have higher ones than were given out before, unless it began anew at 1. */
const YOUNG_MS = 5_000;

/** Pids that are surely no descendants of the family are not read: a walk over all costs milliseconds. */
const lowestOf = ({ lowest, bornAt }: Family): number => (performance.now() - bornAt < YOUNG_MS ? lowest : 0);

/** The pid given out last; lower than one still in use after they began anew. */
export const lastPid = (): number => Number(read('/proc/loadavg')?.toString('latin1').trim().split(' ').at(-1));

let asked: { lowest: number; answer: Promise<ReadonlyMap<string, readonly number[]>> } | null = null;

/** Pids by mark, of those from `lowest` on. One walk answers all who asked before it began: attempts often end together. */
function marked(lowest: number): Promise<ReadonlyMap<string, readonly number[]>> {
  if (asked !== null) {
    asked.lowest = Math.min(asked.lowest, lowest);
    return asked.answer;
  }
  const question = { lowest, answer: new Promise<void>((resolve) => setImmediate(resolve)).then(walk) };
  asked = question;
  return question.answer;

  function walk(): Map<string, number[]> {
    asked = null;
    return byMark(lastPid() >= question.lowest ? question.lowest : 0);
  }
}

function byMark(lowest: number): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const pid of pids()) {
    const mark = pid >= lowest ? markOf(pid) : null;
    if (mark !== null) found.set(mark, [...(found.get(mark) ?? []), pid]);
  }
  return found;
}

/** Sends a signal; false when there is nobody left to get it. */
export function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    if (codeOf(error) === 'EPERM') return true;
    throw error;
  }
}

const inGroup = (group: number): number[] =>
  send(-group, 0)
    ? pids().filter((pid) => {
        const stat = statOf(pid);
        return stat?.group === group && !ZOMBIE_OR_DEAD.test(stat.state);
      })
    : [];

const carriersOf = async (family: Family): Promise<readonly number[]> =>
  (await marked(lowestOf(family))).get(family.mark) ?? [];

/** Live processes of an attempt: members of its group, and whoever carries its mark in whatever group or session. */
export const livingOf = async (family: Family): Promise<number[]> => [
  ...new Set([...inGroup(family.group), ...(await carriersOf(family)), ...(await membersOf(family))]),
];

const membersOf = async ({ cgroup }: Family): Promise<readonly number[]> => (await cgroup?.members()) ?? [];

/** Live carriers of the mark, and members of the control group, that left the process group: a signal to it does not reach them. */
export const outside = async (family: Family): Promise<number[]> =>
  [...new Set([...(await carriersOf(family)), ...(await membersOf(family))])].filter(
    (pid) => statOf(pid)?.group !== family.group,
  );
