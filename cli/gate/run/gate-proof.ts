import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT_CODES } from '../../../contract/errors';
import type { StepResult } from '../../../tools/gate/run/attempts';
import { cost, requireSlice, slicesOf, type Piece } from '../../../tools/gate/run/proof-slices';
import { lastLines, reportOf, type RunReport } from '../../../tools/gate/run/run-report';
import { columns } from '../../../helpers/report/columns';
import { usageError } from '../../failures';
import { interruptible } from '../../stop-cause';
import { commitPosition, readProofParts } from './read-steps';
import { repeatFailed, writeReports } from './repeat-failed';
import { runEnvironment, runStep, type StepRun } from './run-step';

/** Parsed options. */
export interface GateProofFlags {
  readonly slice?: number;
  readonly list?: true;
  readonly resume?: true;
  readonly json?: true;
}

type Slices = readonly (readonly Piece[])[];

/** Of the outputs and the progress, relative to the root. */
const DIRECTORY = 'results/proof';
const PROGRESS = join(DIRECTORY, 'progress.jsonl');

/** A slice that has ended. */
interface Progress {
  readonly commit: string;
  readonly slice: number;
  readonly report: RunReport;
}

/** Runs the proof, one slice of it, or what an earlier run has left. Exit 1: something failed. */
export async function gateProof(dir: string, flags: GateProofFlags): Promise<void> {
  const root = resolve(dir);
  if (flags.slice !== undefined && flags.resume)
    throw usageError('--resume runs all that is left: use it without --slice');
  const slices = slicesOf(readProofParts(root));
  if (flags.slice !== undefined) requireSlice(slices, flags.slice);
  if (flags.list) printList(slices, flags);
  else
    await interruptible('the step that ran has ended; --resume runs what is left', (stop) =>
      runProof(slices, flags, { root, stop }),
    );
}

function printList(slices: Slices, { slice: only, json }: GateProofFlags): void {
  const listed = slices
    .map((pieces, n) => ({ slice: n + 1, seconds: cost(pieces), pieces: pieces.map(({ id }) => id) }))
    .filter(({ slice }) => only === undefined || slice === only);
  const rows = listed.map(({ slice, seconds, pieces }) => [`${slice}`, `${seconds} s`, pieces.join(', ')]);
  process.stdout.write(
    json ? `${JSON.stringify(listed)}\n` : `${columns([['slice', 'time', 'pieces'], ...rows]).join('\n')}\n`,
  );
}

async function runProof(
  slices: Slices,
  { slice: only, resume, json }: GateProofFlags,
  { root, stop }: Pick<StepRun, 'root' | 'stop'>,
): Promise<void> {
  const { commit } = await commitPosition(root);
  if (!resume && only === undefined) rmSync(join(root, DIRECTORY), { recursive: true, force: true });
  const ended = resume ? readProgress(root, commit) : [];
  const env = runEnvironment();
  const numbers = slices.map((_, n) => n + 1).filter((n) => only === undefined || n === only);
  try {
    for (const slice of numbers.filter((n) => !ended.some((each) => each.slice === n))) {
      process.stderr.write(`\nslice ${slice} of ${slices.length}\n`);
      const run: StepRun = { root, directory: `${DIRECTORY}/slice-${slice}`, env, stop };
      const report = await runSlice(run, commit, slices[slice - 1]!);
      ended.push({ commit, slice, report });
      appendFileSync(join(root, PROGRESS), `${JSON.stringify(ended.at(-1))}\n`);
    }
  } finally {
    const left = slices.filter((_, n) => !ended.some(({ slice }) => slice === n + 1));
    const reports = ended.map(({ report }) => report);
    printResult(reports, left.flat(), json);
  }
}

function printResult(reports: readonly RunReport[], left: readonly Piece[], json: true | undefined): void {
  const notRun = left.map(({ id }) => id);
  const hasFailed = reports.some(({ verdict }) => verdict === 'failed');
  const result = { verdict: hasFailed ? 'failed' : 'passed', slices: reports, not_run: notRun };
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `\n${lastLines(reports, notRun).join('\n')}\n`);
  if (hasFailed) process.exitCode = EXIT_CODES.testFailed;
}

/** Runs the pieces of a slice, and what failed again, alone. */
async function runSlice(run: StepRun, commit: string, pieces: readonly Piece[]): Promise<RunReport> {
  mkdirSync(join(run.root, run.directory), { recursive: true });
  const facts = { commit, startedAt: new Date().toISOString(), directory: run.directory };
  const results: StepResult[] = [];
  for (const { step, seconds } of pieces) results.push(await runStep(run, step, seconds));
  const shown = { results, ...(await repeatFailed(run, results)), notRun: [] };
  const report = reportOf(facts, shown);
  writeReports(run.root, report, shown);
  return report;
}

/** The slices that have ended on this commit, each with its latest report. */
function readProgress(root: string, commit: string): Progress[] {
  const path = join(root, PROGRESS);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Progress);
  const own = all.filter((progress) => progress.commit === commit);
  return [...new Map(own.map((progress) => [progress.slice, progress])).values()];
}
