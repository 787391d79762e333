import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { errnoCode } from './errors';

/** In the environment of a run of tests; with the mark of the run that it is a part of. */
const RUN_VARIABLE = 'TUNINGFORK_RUN_MARK';
/** In the environment of what ends with the run, in whatever process group it is. */
const MEMBER_VARIABLE = 'TUNINGFORK_MEMBER_OF_RUN';

export type RunMark = Readonly<Record<typeof RUN_VARIABLE, string>>;

/** The environment of a new run. */
export const newRunMark = (): RunMark => ({ [RUN_VARIABLE]: `${process.env[RUN_VARIABLE] ?? ''}/${randomUUID()}` });

/** For a process that this run starts and that ends with it; it and its children are members. */
export const memberOfRun = (
  run: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> => {
  const mark = run[RUN_VARIABLE];
  return mark === undefined ? {} : { [MEMBER_VARIABLE]: mark };
};

/**
 * Kills every member of a run, also those that these have started meanwhile. Where the host has no
 * `/proc`, none is found.
 */
export function killMembers({ [RUN_VARIABLE]: mark }: RunMark): void {
  const killed = new Set<number>();
  for (let found = members(mark); found.length > 0; found = members(mark).filter((pid) => !killed.has(pid))) {
    for (const pid of found) {
      killed.add(pid);
      unlessGone(() => process.kill(pid, 'SIGKILL'));
    }
  }
}

const members = (mark: string): number[] =>
  (unlessGone(() => readdirSync('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .filter((name) =>
      unlessGone(() => readFileSync(`/proc/${name}/environ`, 'latin1'))?.includes(`${MEMBER_VARIABLE}=${mark}`),
    )
    .map(Number);

/** Null for a process that has ended or belongs to another user. */
function unlessGone<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => code === errnoCode(error))) return null;
    throw error;
  }
}
