import { execFileSync } from 'node:child_process';
import { EXIT_CODES } from '../../contract/errors';
import type { HistoryEntry } from '../../gate/history';
import type { Policy } from '../../gate/policy';
import { resultOf, type JobResults } from '../../gate/results';
import { CommandError } from '../failures';
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
export function gateRecord(flags: GateRecordFlags): void {
  const { policy: path, history, json, cancelled = [] } = flags;
  const { policy } = readPolicy(path);
  const unknown = cancelled.find((job) => !jobsOf(policy).includes(job));
  if (unknown !== undefined) throw usage(`--cancelled ${unknown}: use one of ${jobsOf(policy).join(', ')}`);
  const identity = { ...identifyRun(flags, process.env), at: new Date().toISOString() };
  const outcomes = [
    ...outcomesOf(policy, readJobResults(resultArguments(flags), policy)),
    ...cancelledOf(policy, cancelled),
  ];
  if (outcomes.length === 0) throw new CommandError('NOTHING_PROVEN: no check has a result', EXIT_CODES.notProven);
  const entries = outcomes.map((outcome): HistoryEntry => ({ ...identity, ...outcome }));
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

/** As given, else by the variables of GitHub Actions, else by git. */
function identifyRun({ run, branch, commit }: GateRecordFlags, env: NodeJS.ProcessEnv): RunIdentity {
  const runName = run ?? env.GITHUB_RUN_ID;
  if (!runName) throw usage('the run has no name: give it with --run');
  return {
    run: runName,
    branch: branch ?? (env.GITHUB_REF_NAME || git('--branch', 'rev-parse', '--abbrev-ref', 'HEAD')),
    commit: commit ?? (env.GITHUB_SHA || git('--commit', 'rev-parse', 'HEAD')),
  };
}

function git(option: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    throw usage(`this is no git repository: give ${option}`);
  }
}

const usage = (message: string) => new CommandError(message, EXIT_CODES.usage);
