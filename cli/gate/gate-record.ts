import { EXIT_CODES } from '../../contract/errors';
import type { HistoryEntry } from '../../tools/gate/history';
import type { Policy } from '../../tools/gate/policy';
import { resultOf, type JobResults } from '../../tools/gate/results';
import { CommandError, usageError } from '../failures';
import { branchOf } from '../git/branch-of';
import { branchOfRun } from '../git/ci-branch';
import { commitOf } from '../git/commit-of';
import { appendHistory, readPolicy, type HistoryFlags } from './gate-files';
import { jobsOf, readJobResults, resultArguments, type ResultFlags } from './read-results';

/** Parsed options. */
export interface GateRecordFlags extends HistoryFlags, ResultFlags {
  readonly cancelled?: readonly string[];
  readonly run?: string;
  readonly branch?: string;
  readonly commit?: string;
}

type RunIdentity = Pick<HistoryEntry, 'run' | 'branch' | 'commit'>;

/** Appends the result of each check of a run to the history, job by job. */
export async function gateRecord(flags: GateRecordFlags): Promise<void> {
  const { policy: path, history, json, cancelled = [] } = flags;
  const { policy } = readPolicy(path);
  const unknown = cancelled.find((job) => !jobsOf(policy).includes(job));
  if (unknown !== undefined) throw usageError(`--cancelled ${unknown}: use one of ${jobsOf(policy).join(', ')}`);
  const { run, branch, commit } = await identifyRun(flags, process.env);
  const at = new Date().toISOString();
  const outcomes = [
    ...outcomesOf(policy, readJobResults(resultArguments(flags), policy)),
    ...cancelledOf(policy, cancelled),
  ];
  if (outcomes.length === 0) throw new CommandError('NOTHING_PROVEN: no check has a result', EXIT_CODES.notProven);
  const entries = outcomes.map(({ check, job, result }): HistoryEntry => ({
    run,
    branch,
    commit,
    at,
    check,
    job,
    result,
  }));
  appendHistory(history, entries);
  const lines = entries.map(({ check, job, result }) => `${check} of ${job}: ${result}\n`);
  process.stdout.write(json ? `${JSON.stringify(entries)}\n` : lines.join(''));
}

type Outcome = Pick<HistoryEntry, 'check' | 'job' | 'result'>;

/** A check without a proven test has no result: it does not count, neither as green nor as red. */
const outcomesOf = ({ checks }: Policy, results: JobResults): Outcome[] =>
  checks.flatMap((check) =>
    check.jobs.flatMap((job): Outcome[] => {
      const result = resultOf(check, results[job] ?? []);
      return result === 'absent' ? [] : [{ check: check.id, job, result }];
    }),
  );

const cancelledOf = ({ checks }: Policy, cancelled: readonly string[]): Outcome[] =>
  checks.flatMap(({ id, jobs }) =>
    jobs.filter((job) => cancelled.includes(job)).map((job): Outcome => ({ check: id, job, result: 'cancelled' })),
  );

/** As given, else by the variables of the CI service, else by git. */
async function identifyRun({ run, branch, commit }: GateRecordFlags, env: NodeJS.ProcessEnv): Promise<RunIdentity> {
  const runName = run ?? env.GITHUB_RUN_ID;
  if (!runName) throw usageError('the run has no name: give it with --run');
  const commitId = commit ?? (env.GITHUB_SHA || (await commitOf('.'))?.id);
  if (!commitId) throw usageError('this is no git repository: give --commit');
  const branchName = branch ?? (await branchOfRun('.', await branchOf('.'), env));
  if (!branchName)
    throw usageError(
      'BRANCH_UNKNOWN: no branch is checked out here (a detached HEAD, or a tag), and no variable of a CI service ' +
        'names the branch of the run: give it with --branch',
    );
  return {
    run: runName,
    branch: branchName,
    commit: commitId,
  };
}
