import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../helpers/repository-root';

const ROOT = repositoryRoot();

interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with tests in plain JavaScript, whose Jest has the sequencer of this project. */
export interface SmallProject {
  readonly directory: string;
  /** Its `--config` for Jest. */
  readonly config: string;
  /** Writes a file. */
  write(path: string, content: string): void;
  read(path: string): string;
  /** Runs Jest on it. */
  jest(...args: readonly string[]): Promise<ProgramEnd>;
  /** Runs a command of this project that runs Jest on it. */
  command(name: string, ...args: readonly string[]): Promise<ProgramEnd>;
  remove(): void;
}

/** `files`: content by path. `variables`: of the runs, beside E2E_RESULTS. */
export function createSmallProject(
  files: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): SmallProject {
  const { name: directory, removeCallback: remove } = dirSync({ prefix: 'small-project', unsafeCleanup: true });
  const config = join(directory, 'jest.config.json');
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const settings = {
    rootDir: directory,
    transform: {},
    cacheDirectory: join(directory, 'cache'),
    reporters: ['default'],
    testSequencer: join(ROOT, 'helpers/jest/entries/sequencer-entry.js'),
  };
  write('jest.config.json', JSON.stringify(settings));
  for (const [path, content] of Object.entries(files)) write(path, content);
  const run = (program: string, ...args: readonly string[]) =>
    runProgram([join(ROOT, program), ...args], { E2E_RESULTS: join(directory, 'results'), ...variables });
  return {
    directory,
    config,
    write,
    remove,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    jest: (...args) => run('node_modules/jest/bin/jest.js', '--config', config, ...args),
    command: (name, ...args) => run('bin/tuningfork.js', name, '--config', config, ...args),
  };
}

/** Without the variables of the Jest that runs this test. */
async function runProgram(args: readonly string[], variables: Record<string, string>): Promise<ProgramEnd> {
  const env = { PATH: process.env.PATH, NO_COLOR: '1', ...variables };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
