import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'pg';
import { createClient, logIn, type Client } from '../../../helpers/client/client';
import { startMigratedPostgres } from '../database/migrated-postgres';
import { privateBase } from '../embedded/holder-process';
import { freePort } from '../free-port';
import { readRows } from './read-rows';
import { PlatformProcess } from './platform-process';

export const LEASE_MS = 1_000;

const ENVIRONMENT = {
  PLATFORM_LEASE_SECONDS: String(LEASE_MS / 1_000),
  PLATFORM_HEARTBEAT_SECONDS: '0.3',
  PLATFORM_KILL_GRACE_SECONDS: '1',
  PLATFORM_SHUTDOWN_GRACE_SECONDS: '1',
  PLATFORM_MAX_RECOVERIES: '20',
  PLATFORM_LOG_LEVEL: 'silent',
};

/** A start may fail because of a fault that happens once. */
const MAX_FAILED_STARTS = 3;

/** A platform of which processes can be killed, on a database that outlives it. */
export class FaultPlatform {
  /** Another process of the stack, with an executor only. */
  executor: PlatformProcess | undefined;
  private token = '';

  private constructor(
    /** The owner's connections. */
    readonly owner: Pool,
    readonly base: ReturnType<typeof privateBase>,
    private readonly port: number,
    /** The process of API, executor, timers and notifier, which has the workers. */
    readonly main: PlatformProcess,
    private readonly createExecutor: () => PlatformProcess,
    private readonly stopDatabase: () => Promise<void>,
  ) {}

  /** `program`: the bundle that runs, in place of the one of the launcher. */
  static async start(workers: number, env: NodeJS.ProcessEnv = {}, program?: string): Promise<FaultPlatform> {
    const base = privateBase();
    const [shared, data] = [join(base.path, 'shared'), join(base.path, 'data')];
    for (const path of [shared, data]) mkdirSync(path);
    const postgres = await startMigratedPostgres();
    const owner = new Pool({ connectionString: postgres.url, max: 6 });
    owner.on('error', () => undefined); // a fault ends every connection; the next statement opens another
    const port = await freePort();
    const createProcess = (args: readonly string[]): PlatformProcess =>
      new PlatformProcess({
        args: [...args, '--notifier-port', '0', '--data', data, '--database-url', postgres.url],
        env: { ...ENVIRONMENT, PLATFORM_ACTION_PATHS: shared, ...env },
        program,
      });
    const main = createProcess(['--port', String(port), '--workers', String(workers)]);
    const createExecutor = () => createProcess(['--port', '0', '--join', '--roles', 'executor']);
    const platform = new FaultPlatform(owner, base, port, main, createExecutor, () => postgres.stop());
    await platform.boot();
    const { login, password } = main.running;
    platform.token = (await logIn({ baseUrl: platform.url }, login, password!)).token;
    return platform;
  }

  /** Starts an executor that coordinates beside the one of the main process. */
  async addExecutor(): Promise<void> {
    this.executor = this.createExecutor();
    await this.executor.boot();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
  }

  /** Files that tests and confined actions share. */
  get sharedDirectory(): string {
    return join(this.base.path, 'shared');
  }

  client(): Client {
    return createClient({ baseUrl: this.url, token: this.token });
  }

  /** Starts the main process again, on its port, directory and database. */
  boot(): Promise<void> {
    return this.main.boot(this.executor === undefined ? [] : ['--join']);
  }

  /** Runs `work`. A platform that ends meanwhile is started again, also where it ends early. */
  async keepRunning<T>(work: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    const restarts = this.restartUntil(done.signal);
    try {
      return await Promise.race([work(), restarts.then(() => new Promise<never>(() => undefined))]);
    } finally {
      done.abort();
      await restarts;
    }
  }

  private async restartUntil(done: AbortSignal): Promise<void> {
    const isDone = once(done, 'abort');
    for (let starts = 0; !done.aborted;) {
      if (!this.main.hasEnded()) {
        await Promise.race([this.main.waitForExit(), isDone]);
        continue;
      }
      await this.boot().catch((error: unknown) => {
        if (++starts === MAX_FAILED_STARTS) throw error;
      });
    }
  }

  /** Ends the process of API, executor, timers and notifier; its workers end with it. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<[number | null, NodeJS.Signals | null]> {
    return this.main.kill(signal);
  }

  /** Pids of the active worker processes, in order of their names. */
  async workers(): Promise<number[]> {
    const rows = await readRows<{ pid: number }>(
      this,
      `select (meta ->> 'pid')::int as pid from worker where status = 'active' and name like $1 order by name`,
      [`${this.main.running.instance_id}-w%`],
    );
    return rows.map(({ pid }) => pid);
  }

  /** Ends its processes, and leaves its database and directory. */
  async stop(): Promise<void> {
    for (const process of [this.executor, this.main]) if (process?.hasEnded() === false) await process.kill('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.owner.end();
    await this.stopDatabase();
    this.base.remove();
  }
}
