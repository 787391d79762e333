import type { HistoryEntry } from '../../tools/gate/history';
import type { Policy } from '../../tools/gate/policy';
import { resultOf } from '../../tools/gate/results';
import { usageError } from '../failures';
import { fetchRuns, type HubRun } from '../hub/fetch-runs';
import { requireHub } from '../hub/select-hub';
import { appendHistory, readHistory, readPolicy, type HistoryFlags } from './gate-files';

/** The job of these runs in a policy. The id of their one test is the name of the manifest. */
const JOB = 'sandbox';

/** Appends the runs of a hub that the history does not have yet, oldest first. */
export async function gateRecordHub({ policy: path, history, json }: HistoryFlags, url: string): Promise<void> {
  const hub = requireHub(url);
  const { policy } = readPolicy(path);
  if (!policy.checks.some(({ jobs }) => jobs.includes(JOB))) throw usageError(`no check of ${path} has the job ${JOB}`);
  const known = new Set(readHistory(history).map(({ run }) => run));
  const runs = (await fetchRuns(hub)).filter(({ name }) => !known.has(name)).reverse();
  const entries = runs.flatMap((run) => entriesOf(policy, run));
  appendHistory(history, entries);
  const lines = entries.map(({ run, check, result }) => `${run}: ${check} ${result}\n`);
  process.stdout.write(json ? `${JSON.stringify(entries)}\n` : lines.join('') || 'the history has every run\n');
}

/** Of each check that this run decides. A run without a commit or a branch cannot count. */
function entriesOf({ checks }: Policy, { name, outcome, branch, commit, finished }: HubRun): HistoryEntry[] {
  if (branch === null || commit === null) return [];
  const results = [
    { id: name.replace(/-[0-9a-f]{8}$/, ''), outcome: outcome === 'passed' ? outcome : 'failed' } as const,
  ];
  return checks.flatMap((check): HistoryEntry[] => {
    const result = check.jobs.includes(JOB) ? resultOf(check, results) : 'absent';
    if (result === 'absent') return [];
    const ended = outcome === 'cancelled' ? outcome : result;
    return [
      { run: name, branch, commit, job: JOB, check: check.id, result: ended, at: new Date(finished).toISOString() },
    ];
  });
}
