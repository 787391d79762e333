import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Attempt, FailedTest, StepResult } from '../../../gate/run/attempts';
import { commandOf, repeatCommand, type Step } from '../../../gate/run/steps';
import type { JestReport } from './jest-report';
import { runCommand, type CommandEnd } from './run-command';

/** What every command of a run has in common. */
export interface StepRun {
  readonly root: string;
  /** Of the outputs and reports, relative to the root. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/** The file that lists the pieces of the proof. */
export const PROOF_FILE = '.ci/proof.yml';
/** The variable with the directory of the run, for its steps. */
const DIRECTORY_VARIABLE = 'GATE_RUN';

/** `isPiece`: exit 1 of a command that is not Jest counts as a failed test, too. */
export async function runStep(run: StepRun, step: Step, isPiece: boolean): Promise<StepResult> {
  const name = fileName(step.name);
  const command = commandOf(step, join(run.directory, `${name}.json`));
  return stepResult(run, step, { name, command, isPiece, end: await runNamed(run, name, command) });
}

interface EndedStep {
  /** Of its files. */
  readonly name: string;
  readonly command: string;
  readonly isPiece: boolean;
  readonly end: CommandEnd;
}

/** The result of a step whose command has ended: it has written `<name>.log`, and perhaps a report. */
export function stepResult(run: StepRun, step: Step, { name, command, isPiece, end }: EndedStep): StepResult {
  const output = join(run.directory, `${name}.log`);
  const report = join(run.directory, `${name}.json`);
  const results = readReport(run.root, report);
  const base = { step, command, ...end, output, report: results === null ? null : report };
  const first = (attempt: Omit<Attempt, 'load' | 'output' | 'status'>): Attempt => ({
    ...{ status: 'failed', ...attempt, load: end.load, output },
  });
  if (results !== null)
    return { ...base, passedTests: passedTests(results), failures: failuresOf(run.root, step, results, first) };
  if (!isPiece || step.jest !== undefined || end.code !== 1) return { ...base, passedTests: 0, failures: [] };
  const message = `${command} ended with exit 1`;
  const whole = first({ message, evidence: message, seconds: end.seconds });
  const piece: FailedTest = { step, extent: 'command', name: step.name, file: PROOF_FILE, first: whole };
  return { ...base, passedTests: 0, failures: [piece] };
}

/** Runs a failed test again, alone. `n`: its number among those of the run. */
export async function repeatTest(run: StepRun, { step, extent, name, file }: FailedTest, n: number): Promise<Attempt> {
  const fileBase = `again-${n}`;
  const report = join(run.directory, `${fileBase}.json`);
  const only = extent === 'test' ? name : null;
  const command = extent === 'command' ? commandOf(step, report) : repeatCommand(step, file, only, report);
  const { code, seconds, load } = await runNamed(run, fileBase, command);
  const output = join(run.directory, `${fileBase}.log`);
  if (code === 0) return { status: 'passed', message: '', evidence: '', seconds, load, output };
  const ended = code === null ? 'a signal' : `exit ${code}`;
  const [first] = readReport(run.root, report)?.testResults.flatMap(messagesOf) ?? [];
  const evidence = first ?? `${command} ended with ${ended}`;
  return { status: 'failed', message: firstLine(evidence), evidence, seconds, load, output };
}

/** Where Jest writes the results of a repetition; null: it has written none. */
export function repeatReport(run: StepRun, n: number): string | null {
  const report = join(run.directory, `again-${n}.json`);
  return existsSync(join(run.root, report)) ? report : null;
}

/** Runs a command between two lines with its name. */
async function runNamed(run: StepRun, name: string, command: string): Promise<CommandEnd> {
  process.stderr.write(`\n--- ${name}: ${command}\n`);
  const output = join(run.root, run.directory, `${name}.log`);
  const env = { ...run.env, [DIRECTORY_VARIABLE]: run.directory };
  const end = await runCommand({ ...run, command, output, env });
  process.stderr.write(`--- ${name}: exit ${end.code ?? 'by a signal'}, ${end.seconds.toFixed(0)} s\n`);
  return end;
}

/** `proof-faults-3-31` for `proof: faults 3/31`. */
export const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export function readReport(root: string, path: string): JestReport | null {
  const file = join(root, path);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JestReport) : null;
}

const passedTests = ({ testResults }: JestReport): number =>
  testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed').length;

type FileReport = JestReport['testResults'][number];

/** The failed tests; of a file that failed without one, the file. */
const failuresOf = (
  root: string,
  step: Step,
  { testResults }: JestReport,
  first: (attempt: Omit<Attempt, 'load' | 'output' | 'status'>) => Attempt,
): FailedTest[] =>
  testResults.flatMap((file): FailedTest[] => {
    const path = relative(root, file.name);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) {
      if (file.status !== 'failed') return [];
      const evidence = textOf(file.message ?? '');
      const attempt = first({ message: firstLine(evidence), evidence, seconds: 0 });
      return [{ step, extent: 'file', name: path, file: path, first: attempt }];
    }
    return failed.map((test) => {
      const evidence = textOf(test.failureMessages.join('\n\n'));
      const attempt = first({ message: firstLine(evidence), evidence, seconds: (test.duration ?? 0) / 1_000 });
      return { step, extent: 'test', name: test.fullName, file: path, first: attempt };
    });
  });

/** Of a file's failed tests, else of the file. */
const messagesOf = ({ status, message, assertionResults }: FileReport): string[] => {
  const messages = assertionResults.filter((test) => test.status === 'failed').map((test) => test.failureMessages);
  if (messages.length > 0) return messages.map((texts) => textOf(texts.join('\n\n')));
  return status === 'failed' ? [textOf(message ?? '')] : [];
};

const textOf = (text: string): string => stripVTControlCharacters(text);
const firstLine = (text: string): string =>
  text
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? '';
