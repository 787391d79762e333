import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileSync } from 'tmp';
import { EXIT_CODES } from '../../contract/errors';
import { endGroupOnAbort } from '../../helpers/child-groups';
import { Interrupted } from '../../helpers/errors';
import { newRunMark } from '../../helpers/run-mark';
import { CommandError } from '../failures';
import { printNotice } from '../line-printer';

/** One run of Jest on this project. */
export interface JestRun {
  readonly root: string;
  /** Arguments of Jest. */
  readonly args: readonly string[];
  /** Paths in the project: of the files that the arguments match, only these run. Absent: all. */
  readonly only?: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where its output goes: nowhere, or to an open file; the default is that of this process. */
  readonly output?: 'ignore' | number;
  /** Interrupts it, as Ctrl-C does. */
  readonly stop: AbortSignal;
}

/** For runs that are many of the same, or of a watch: a hub receives none of them. */
export const UNPOSTED = { HUB_URL: '' } as const;

/**
 * Runs Jest in a process group of its own, so that Ctrl-C reaches it once. Returns its exit code;
 * 1 where a signal ended it. Rejects with Interrupted when `stop` aborts, after Jest has ended,
 * and with CommandError, exit 3, where Jest is not installed.
 */
export async function runJest(run: JestRun): Promise<number> {
  const { root, only } = run;
  if (only === undefined) return spawnJest(run, run.args, {});
  const selection = fileSync({ prefix: 'tuningfork-selection-', postfix: '.json' });
  try {
    const directory = realpathSync(root);
    writeFileSync(selection.name, JSON.stringify(only.map((file) => resolve(directory, file))));
    const filter = join(root, 'helpers/jest/entries/selection-filter.js');
    return await spawnJest(run, [...run.args, `--filter=${filter}`], { E2E_SELECTION: selection.name });
  } finally {
    selection.removeCallback();
  }
}

/** The absolute paths of the test files that a run would run. */
export async function listTestFiles(run: JestRun): Promise<string[]> {
  const list = fileSync({ prefix: 'tuningfork-list-', postfix: '.json' });
  try {
    const args = [...run.args, '--listTests', '--json', `--outputFile=${list.name}`];
    await runJest({ ...run, args, output: 'ignore' });
    return JSON.parse(readFileSync(list.name, 'utf8') || '[]') as string[];
  } finally {
    list.removeCallback();
  }
}

/** Jest reads the arguments alone, as it does before it reads its configuration. */
const READ_ARGUMENTS = "require('jest').buildArgv(process.argv.slice(1)).catch(() => process.exit(1))";

/** Whether Jest has each of these options: where not, it exits with 1, as if a test had failed. */
export async function acceptsArguments({ root, args }: JestRun): Promise<boolean> {
  const child = spawn(process.execPath, ['-e', READ_ARGUMENTS, '--', ...args], { cwd: root, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

async function spawnJest(
  { root, stop, env, output }: JestRun,
  args: readonly string[],
  selection: Readonly<Record<string, string>>,
): Promise<number> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  if (!existsSync(jest)) throw new CommandError(`JEST_MISSING: there is no ${jest}: run \`npm ci\` in a clone first`);
  if (stop.aborted) throw new Interrupted();
  const stdio: StdioOptions = ['ignore', output ?? 'inherit', output ?? 'inherit'];
  const mark = newRunMark();
  const environment = { ...process.env, ...env, ...selection, ...mark };
  const child = spawn(process.execPath, [jest, ...args], { cwd: root, env: environment, detached: true, stdio });
  endGroupOnAbort(child, stop, { mark });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (stop.aborted) throw new Interrupted();
  if (signal !== null) printNotice(`${signal} ended Jest`);
  return code ?? EXIT_CODES.testFailed;
}
