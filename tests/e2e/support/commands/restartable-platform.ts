import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, logIn, type Client } from '../../../../helpers/client/client';
import {
  spawnPlatform,
  type PlatformProcess,
  type PlatformSettings,
} from '../../../../helpers/target/start/spawn-platform';
import { RunningPlatform } from '../../../../contract/platform-file';
import { matches } from '../../../../helpers/client/validate';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { ancestors, hasVariables, hostPids, parentOf } from '../../../../helpers/scenario/processes';
import { observer } from '../../../../helpers/scenario/test-client';
import type { Context } from '../../../../helpers/scenario/context';
import { acquireLock } from '../../../../helpers/scenario/file-lock';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';

interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Waits until no other test of the run has two platforms, and has them until its end: one server
 * has connections for a few platforms.
 */
export const reservePair = async (ctx: Context): Promise<void> =>
  ctx.defer(await acquireLock(ctx.facts.directory, 'two-platforms', ctx.deadline));

/** A platform besides that of the run: its data outlive its processes. The test removes both. */
export class RestartablePlatform {
  private child!: PlatformProcess;
  private exit!: Promise<unknown>;
  private running!: RunningPlatform;
  /** What its processes have logged. */
  log = '';
  /** Of the first administrator. */
  token = '';

  private constructor(
    private readonly ctx: Context,
    private readonly directory: string,
    private readonly settings: PlatformSettings,
    private readonly args: readonly string[] = [],
  ) {
    ctx.addPlatform({ client: () => (this.token === '' ? null : this.connect()), log: () => this.log });
  }

  /** `args`: of `up`, besides its ports and its directory. */
  static async start(
    ctx: Context,
    settings: PlatformSettings,
    args: readonly string[] = [],
  ): Promise<RestartablePlatform> {
    const platform = new RestartablePlatform(ctx, createDirectory(ctx), settings, args);
    await platform.boot();
    const { url, login, password } = platform.running;
    platform.token = (await logIn({ baseUrl: url }, login, password ?? '')).token;
    return platform;
  }

  /** Starts another one on the same database, which its settings name: see `reservePair`. */
  async startBeside(): Promise<RestartablePlatform> {
    const { ctx, settings, token } = this;
    const platform = new RestartablePlatform(ctx, createDirectory(ctx), settings, ['--join']);
    await platform.boot();
    return Object.assign(platform, { token });
  }

  /** Starts it again, on another port. Settings and arguments add to those of the first start. */
  async boot(settings: PlatformSettings = {}, args: readonly string[] = []): Promise<void> {
    const child = spawnPlatform({ ...this.settings, ...settings }, [
      '--notifier-port',
      '0',
      '--data',
      this.data,
      ...this.args,
      ...args,
    ]);
    this.child = child;
    this.exit = once(child, 'close');
    this.ctx.defer(() => this.end('SIGKILL'));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    const output = createInterface(child.stdout);
    const [line] = (await Promise.race([once(output, 'line'), once(output, 'close')])) as [string?];
    const running: unknown = parseJsonText(line ?? 'null');
    if (!matches(RunningPlatform, running)) {
      await this.exit; // with all that it has printed
      throw new Error(`the platform ended before it was ready: ${this.log}`);
    }
    this.running = running;
  }

  /** Directory of its files. */
  get data(): string {
    return join(this.directory, 'data');
  }

  /** Of the first administrator. Its requests are in the evidence. */
  get client(): Client {
    return this.connect(observer(this.ctx.recordRequest));
  }

  private connect(observe?: ReturnType<typeof observer>): Client {
    return createClient({ baseUrl: this.url, token: this.token, ...(observe && { observe }) });
  }

  get url(): string {
    return this.running.url;
  }

  get port(): string {
    return new URL(this.url).port;
  }

  /** Id of the platform. */
  get instance(): string {
    return this.running.instance_id;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** Sends SIGTERM to its first process alone. Returns how that has ended. */
  async terminate(): Promise<ProcessEnd> {
    process.kill(this.pid, 'SIGTERM');
    await this.exit;
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }

  /** Processes and files of this start that outlive it; the rest of its data is kept. */
  leftovers(): string[] {
    const { instance_id: instance, platform_file: file } = this.running;
    const processes = hostPids().filter((pid) => hasVariables(pid, [`PLATFORM_INSTANCE=${instance}`]));
    const temporary = readdirSync(join(this.directory, 'data/tmp')).filter((name) => name.startsWith(instance));
    return [...processes.map((pid) => `process ${pid}`), ...temporary, ...(existsSync(file) ? [file] : [])];
  }

  /** Sends the signal to its process group, and waits until its processes have ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.pid, signal);
    await this.exit;
  }

  /** Pids of the processes of an execution. */
  processesOf(execution: number): number[] {
    const variables = [`PLATFORM_INSTANCE=${this.running.instance_id}`, `ATTUNE_EXEC_ID=${execution}`];
    return hostPids().filter((pid) => hasVariables(pid, variables));
  }

  /** Pid of the worker process that runs an execution. Throws where none does. */
  workerPidOf(execution: number): number {
    // Of any of its processes: a command of a script may have ended meanwhile.
    const related = this.processesOf(execution).flatMap(ancestors);
    const worker = related.find((pid) => parentOf(pid) === this.pid);
    if (worker === undefined) throw new Error(`no worker runs execution ${execution}`);
    return worker;
  }

  /** Kills the worker process that runs an execution. Throws where none does. */
  killWorkerOf(execution: number): void {
    process.kill(this.workerPidOf(execution), 'SIGKILL');
  }

  /** Words that an action has written to `$ATTUNE_ARTIFACTS_DIR/<file>`. */
  wordsOf(file: string): string[] {
    try {
      return readFileSync(join(this.running.shared_directory, file), 'utf8').split(/\s+/).filter(Boolean);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Creates an empty file where actions find it, at `$ATTUNE_ARTIFACTS_DIR/<file>`. */
  writeFile(file: string): void {
    writeFileSync(join(this.running.shared_directory, file), '');
  }

  /** The lines of its log with this text. */
  linesWith(text: string): Readonly<Record<string, unknown>>[] {
    const lines = this.log
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes(text));
    return lines.map((line) => parseJsonText(line) as Record<string, unknown>);
  }

  /** Waits until an action has written so many words. */
  async waitForWords(file: string, count: number): Promise<void> {
    const hasWritten = () => Promise.resolve(this.wordsOf(file).length >= count);
    await until(predicateToHold(`${count} words in ${file}`, hasWritten), this.ctx.deadline);
  }
}

function createDirectory(ctx: Context): string {
  const directory = mkdtempSync(join(tmpdir(), 'restartable-platform-'));
  ctx.defer(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755); // PostgreSQL may run as another user
  return directory;
}
