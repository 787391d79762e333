import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, FailedTest, StepResult } from '../../../tools/gate/run/attempts';
import { commandOf, repeatCommand, type Step } from '../../../tools/gate/run/steps';
import { readJestReport, type JestReport } from '../../../helpers/jest/jest-report';
import { failuresIn, passedTests } from './jest-failures';
import { runCommand, type CommandEnd } from './run-command';
import { firstLine } from '../../../helpers/line-of-text';
import { newSeed } from '../../../helpers/sized';

/** What every command of a run has in common. */
export interface StepRun {
  readonly root: string;
  /** Of the outputs and reports, relative to the root. */
  readonly directory: string;
  /** With a seed: a test that runs again has the random cases of the first time. */
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/** The environment of a run's commands. */
export const runEnvironment = (): NodeJS.ProcessEnv => ({ GATE_SEED: String(newSeed()), ...process.env });

/** The files that list the steps of the gate and the pieces of the proof. */
export const GATE_FILE = '.ci/gate.yml';
export const PROOF_FILE = '.ci/proof.yml';
/** The variable with the directory of the run, for its steps. */
const DIRECTORY_VARIABLE = 'GATE_RUN';

/** Runs a step. `planned`: of a piece of the proof, the seconds of its table. */
export async function runStep(run: StepRun, step: Step, planned: number | null = null): Promise<StepResult> {
  const name = fileName(step.name);
  const command = commandOf(step, filesOf(run, name).report);
  return stepResult(run, step, { name, command, planned, end: await runNamed(run, name, command, step.beside) });
}

interface EndedStep {
  /** Of its files. */
  readonly name: string;
  readonly command: string;
  readonly planned: number | null;
  readonly end: CommandEnd;
}

/** The result of a step that has ended: it has written `<name>.log`, and perhaps a report. */
export function stepResult(run: StepRun, step: Step, { name, command, planned, end }: EndedStep): StepResult {
  const { output, report } = filesOf(run, name);
  const results = readReport(run, report);
  const base = { step, command, planned, ...end, output, report: results && report };
  const failed = (evidence: string, seconds: number): Attempt => ({
    ...failedAttempt(evidence, { ...end, seconds }, { output, report: base.report }),
  });
  if (results !== null)
    return {
      ...base,
      passedTests: passedTests(results),
      failures: failuresIn(results, run.root).map(({ evidence, seconds, ...test }): FailedTest => ({
        step,
        ...test,
        first: failed(evidence, seconds),
      })),
    };
  if (!step.repeat || end.code !== 1) return { ...base, passedTests: 0, failures: [] };
  const first = failed(`${command} ended with exit 1`, end.seconds);
  const file = planned === null ? GATE_FILE : PROOF_FILE;
  return { ...base, passedTests: 0, failures: [{ step, extent: 'command', name: step.name, file, first }] };
}

/** Null: the step has written none. */
function readReport({ root }: StepRun, report: string): JestReport | null {
  const path = join(root, report);
  return existsSync(path) ? readJestReport(path) : null;
}

/** Runs a failed test again, alone. `n`: its number among those of the run. */
export async function repeatTest(run: StepRun, { step, extent, name, file }: FailedTest, n: number): Promise<Attempt> {
  const base = `again-${n}`;
  const { output, report } = filesOf(run, base);
  const only = extent === 'test' ? name : null;
  const command = extent === 'command' ? commandOf(step, report) : repeatCommand(step, file, only, report);
  const end = await runNamed(run, base, command);
  const results = readReport(run, report);
  const files = { output, report: results && report };
  if (end.code === 0) return { status: 'passed', message: '', evidence: '', ...timesOf(end), ...files };
  const [failure] = results === null ? [] : failuresIn(results, run.root);
  return failedAttempt(failure?.evidence ?? `${command} ended with ${codeText(end.code)}`, end, files);
}

function failedAttempt(evidence: string, end: CommandEnd, files: Pick<Attempt, 'output' | 'report'>): Attempt {
  return { status: 'failed', message: firstLine(evidence), evidence, ...timesOf(end), ...files };
}

const timesOf = ({ seconds, load }: CommandEnd): Pick<Attempt, 'seconds' | 'load'> => ({ seconds, load });

const codeText = (code: number | null): string => (code === null ? 'a signal' : `exit ${code}`);

/** Runs a command between two lines with its name. `isBeside`: what it prints follows its end. */
async function runNamed(run: StepRun, name: string, command: string, isBeside = false): Promise<CommandEnd> {
  process.stderr.write(`\n--- ${name}: ${command}${isBeside ? ' (beside the next step)' : ''}\n`);
  const { output, report } = filesOf(run, name);
  rmSync(join(run.root, report), { force: true }); // of an earlier run in this directory
  const env = { ...run.env, [DIRECTORY_VARIABLE]: run.directory };
  const end = await runCommand({ ...run, command, output: join(run.root, output), env, isBeside });
  if (isBeside) process.stderr.write(readFileSync(join(run.root, output)));
  process.stderr.write(`--- ${name}: ${codeText(end.code)}, ${end.seconds.toFixed(0)} s\n`);
  return end;
}

/** Paths relative to the root. */
const filesOf = ({ directory }: StepRun, name: string): { readonly output: string; readonly report: string } => ({
  output: join(directory, `${name}.log`),
  report: join(directory, `${name}.json`),
});

/** `proof-faults-3-31` for `proof: faults 3/31`. */
export const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
