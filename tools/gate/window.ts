import type { HistoryEntry } from './history';
import type { Check, Policy } from './policy';

/** The latest consecutive green runs of a check. */
export interface Window {
  /** Of the job with the fewest. */
  readonly green: number;
  readonly needed: number;
  readonly jobs: Readonly<Record<string, number>>;
}

/** Counts the runs of the policy's branch that are green since the last red one, job by job. */
export function windowOf({ branch, window: needed }: Policy, check: Check, history: readonly HistoryEntry[]): Window {
  const own = history.filter((entry) => entry.check === check.id && entry.branch === branch);
  const jobs = Object.fromEntries(
    check.jobs.map((job) => [job, greenRuns(own.filter((entry) => entry.job === job))] as const),
  );
  return { green: Math.min(...Object.values(jobs)), needed, jobs };
}

/** A flaky run is no green one. A cancelled one proved nothing: it does not end the window. */
function greenRuns(entries: readonly HistoryEntry[]): number {
  let green = 0;
  for (const results of resultsByRun(entries).reverse()) {
    if (results.includes('failed') || results.includes('flaky')) return green;
    if (results.includes('passed')) green += 1;
  }
  return green;
}

/**
 * The results of each run, in the order of their first entries. A run that was repeated until it
 * was green has more than one, and stays red.
 */
function resultsByRun(entries: readonly HistoryEntry[]): HistoryEntry['result'][][] {
  const runs = new Map<string, HistoryEntry['result'][]>();
  const inOrder = [...entries].sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
  for (const { run, result } of inOrder) runs.set(run, [...(runs.get(run) ?? []), result]);
  return [...runs.values()];
}

/**
 * The share of commits on which a job had the check both red and green, in one run or in several;
 * null: it never ran. The branch is irrelevant: the same commit must have the same result.
 */
export function flakeRate(check: Check, history: readonly HistoryEntry[]): number | null {
  const results = new Map<string, Set<string>>();
  for (const { check: id, job, commit, result } of history) {
    if (id !== check.id || result === 'cancelled') continue;
    const key = `${commit} ${job}`;
    results.set(key, (results.get(key) ?? new Set()).add(result));
  }
  const flaky = [...results.values()].filter((set) => set.size > 1 || set.has('flaky')).length;
  return results.size === 0 ? null : flaky / results.size;
}
