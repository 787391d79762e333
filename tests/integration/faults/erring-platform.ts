import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Condition } from '../../../helpers/scenario/polling';
import { repositoryRoot } from '../../../helpers/repository-root';
import { bundleWithFaults } from '../../../tools/detection/boundaries/instrumented-bundle';
import { requestProgramOf } from '../../../bin/request-program';
import { privateBase } from '../embedded/holder-process';
import { spawnCli, stopCli, type CliProcess } from '../embedded/cli-process';
import type { RunningPlatform } from '../../../contract/platform-file';

/** A place of the platform at which an error can be thrown while a file has the name. */
export interface ErrorPlace {
  readonly name: string;
  /** Path below `platform/`. */
  readonly file: string;
  /** Name of the function, or `Class.method`. */
  readonly within: string;
  /** The statement before which the error is thrown. */
  readonly before: string;
  /** An expression of the function, in place of the file: for a process without variables. */
  readonly when?: string;
}

/** An entry of the log of a process. */
export interface LoggedError {
  readonly msg: string;
  /** Of the process. */
  readonly pid: number;
  readonly err: { readonly message: string; readonly stack: string };
  readonly [field: string]: unknown;
}

const DIRECTORY = 'ERRORS_DIRECTORY';

export const messageOf = (name: string): string => `thrown at ${name}`;

function faultAt({ name, file, within, before, when }: ErrorPlace) {
  const condition = when ?? `require('node:fs').existsSync(\`\${process.env.${DIRECTORY}}/${name}\`)`;
  const replace = `if (${condition}) throw new TypeError('${messageOf(name)}'); ${before}`;
  return { id: name, promise: '', file, within, find: before, replace, claims: [] };
}

/** A program of the platform which throws errors where a test needs them. */
export class ErringProgram implements AsyncDisposable {
  private readonly base = privateBase();
  private readonly processes: CliProcess[] = [];

  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  static async build(places: readonly ErrorPlace[]): Promise<ErringProgram> {
    const root = repositoryRoot();
    const path = join(root, 'node_modules', `.cache/tuningfork/erring-${process.pid}.cjs`);
    const text = await bundleWithFaults(root, places.map(faultAt));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return new ErringProgram(path, text);
  }

  /** Runs `work` while errors are thrown at a place. */
  async whileThrowing<T>(name: string, work: () => Promise<T>): Promise<T> {
    const file = join(this.base.path, name);
    writeFileSync(file, '');
    try {
      return await work();
    } finally {
      rmSync(file);
    }
  }

  /** Starts `tuningfork …`. Its processes log errors and warnings. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): LoggingProcess {
    const variables = { NODE_PATH: join(repositoryRoot(), 'node_modules'), [DIRECTORY]: this.base.path, ...env };
    const cli = spawnCli(args, variables, this.path);
    this.processes.push(cli);
    return new LoggingProcess(cli);
  }

  /**
   * The source of the innermost frame of a stack that is in the program: its name is a comment
   * above its code. Empty: there is none.
   */
  sourceOf(stack: string): string {
    const [, file, line] = /\/(http-request|[\w-]+)\.cjs:(\d+):\d+\)?$/m.exec(stack) ?? [];
    const lines = (file === 'http-request' ? requestProgramOf(this.text) : this.text)
      .split('\n')
      .slice(0, Number(line));
    return /^\/\/ (\S+\.ts)$/.exec(lines.findLast((each) => /^\/\/ \S+\.ts$/.test(each)) ?? '')?.[1] ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cli of this.processes) await stopCli(cli);
    rmSync(this.path);
    this.base.remove();
  }
}

/** A process whose output is read while it runs. */
export class LoggingProcess {
  private readonly entries: Record<string, unknown>[] = [];
  private readonly first: Promise<string>;

  constructor(readonly cli: CliProcess) {
    this.first = new Promise((resolve) => createInterface(cli.stdout).once('line', resolve));
    createInterface(cli.stderr).on('line', (line) => {
      if (line.startsWith('{')) this.entries.push(JSON.parse(line) as Record<string, unknown>);
    });
  }

  /** The JSON line with which it reports that it is ready. */
  async ready<T = RunningPlatform>(): Promise<T> {
    return JSON.parse(await this.first) as T;
  }

  /** The first entry with this text and these fields about an error whose message ends so. */
  toLog(msg: string, message: string, subject: Readonly<Record<string, unknown>>): Condition<LoggedError> {
    const fields = Object.entries(subject);
    const isSought = (entry: Record<string, unknown>): entry is Record<string, unknown> & LoggedError =>
      entry.msg === msg &&
      String((entry.err as { message?: unknown } | undefined)?.message).endsWith(message) &&
      fields.every(([name, value]) => entry[name] === value);
    return {
      name: `an entry "${msg}" about "${message}" with ${JSON.stringify(subject)}`,
      check: () => {
        const value = this.entries.find(isSought);
        return value === undefined ? { is: 'pending', why: `${this.entries.length} entries` } : { is: 'met', value };
      },
      evidence: () => this.entries.map((entry) => JSON.stringify(entry)).join('\n'),
    };
  }
}
