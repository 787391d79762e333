import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT_CODES } from '../../../contract/errors';
import type { StepResult } from '../../../tools/gate/run/attempts';
import { requireSlice, sliceOfCommit, slicesOf } from '../../../tools/gate/run/proof-slices';
import { lastLines, REPORT_FILE, reportOf, type RunFacts, type RunResults } from '../../../tools/gate/run/run-report';
import { groupsOf, quoted, type GateSteps, type Step } from '../../../tools/gate/run/steps';
import { interruptible } from '../../stop-cause';
import type { GateFlags } from '../gate-files';
import { commitPosition, readGateSteps, readProofParts } from './read-steps';
import { repeatFailed, writeReports } from './repeat-failed';
import { fileName, runEnvironment, runStep, stepResult, type StepRun } from './run-step';

/** Parsed options. */
export interface GateRunFlags extends GateFlags {
  /** Of the outputs, relative to the root. */
  readonly directory?: string;
  /** Exit code of the first step, which the caller has run. */
  readonly first?: number;
  readonly slice?: number;
}

/**
 * Runs the steps of the gate and a slice of the proof, then the failed tests again, then the last
 * steps. Exit 1: something failed.
 */
export async function gateRun(dir: string, { policy, json, first, ...flags }: GateRunFlags): Promise<void> {
  const root = resolve(dir);
  const steps = readGateSteps(root);
  const position = await commitPosition(root);
  const slices = slicesOf(readProofParts(root));
  const number = flags.slice ?? sliceOfCommit(position, slices.length);
  const slice = requireSlice(slices, number);
  const startedAt = new Date().toISOString();
  const directory = flags.directory ?? `results/gate-${startedAt.replace(/[-:]|\..*/g, '')}`;
  mkdirSync(join(root, directory), { recursive: true });
  const facts: RunFacts = { commit: position.commit, startedAt, directory };
  const notRun = slices.flatMap((pieces) => (pieces === slice ? [] : pieces.map(({ id }) => id)));

  await interruptible(
    `the step that ran has ended; the outputs are in ${directory}, and nothing is decided`,
    async (stop) => {
      const run: StepRun = { root, directory, env: runEnvironment(), stop };
      const results = [await firstResult(run, steps, first)];
      for (const group of groupsOf(steps.steps)) results.push(...(await runGroup(run, group)));
      process.stderr.write(`\nproof: slice ${number} of ${slices.length}, by the commit\n`);
      for (const { step, seconds } of slice) results.push(await runStep(run, step, seconds));

      const shown: RunResults = { results, ...(await repeatFailed(run, results)), notRun };
      writeReports(root, reportOf(facts, shown), shown);
      for (const step of [verdictStep(policy, run), ...steps.last]) results.push(await runStep(run, step));
      const report = reportOf(facts, shown);
      writeReports(root, report, shown);
      const lines = `\n${lastLines([report], notRun).join('\n')}\n`;
      if (json) process.stderr.write(lines);
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : lines);
      if (report.verdict === 'failed') process.exitCode = EXIT_CODES.testFailed;
    },
  );
}

/** Rejects when all have ended. */
async function runGroup(run: StepRun, group: readonly Step[]): Promise<StepResult[]> {
  const steps = group.map((step) => runStep(run, step));
  await Promise.allSettled(steps);
  return Promise.all(steps);
}

/** Its caller ran it before this program could: it installs the packages. */
async function firstResult(run: StepRun, { first }: GateSteps, code: number | undefined): Promise<StepResult> {
  if (code === undefined) return runStep(run, first);
  const end = { code, seconds: 0, load: loadavg()[0]! };
  return stepResult(run, first, {
    name: fileName(first.name),
    command: `npx jest ${first.jest ?? ''}`,
    planned: null,
    end,
  });
}

/** The policy decides about all attempts. */
function verdictStep(policy: string, { directory }: StepRun): Step {
  const words = [process.execPath, process.argv[1]!, 'gate', 'check', '--policy', resolve(policy)];
  const report = ['--report', join(directory, REPORT_FILE)];
  return { name: 'the required checks are green', run: [...words, ...report].map(quoted).join(' ') };
}
