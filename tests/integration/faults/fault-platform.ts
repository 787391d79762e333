import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Pool } from 'pg';
import { createClient, logIn, type Client } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { RunningPlatform } from '../../../helpers/target/start/running-platform';
import { startMigratedPostgres } from '../migrated-postgres';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';

export const LEASE_MS = 1_000;

const ENVIRONMENT = {
  PLATFORM_LEASE_SECONDS: String(LEASE_MS / 1_000),
  PLATFORM_HEARTBEAT_SECONDS: '0.3',
  PLATFORM_KILL_GRACE_SECONDS: '1',
  PLATFORM_SHUTDOWN_GRACE_SECONDS: '1',
  PLATFORM_MAX_RECOVERIES: '20',
  PLATFORM_LOG_LEVEL: 'silent',
};

interface PlatformOptions {
  readonly workers: number;
  readonly env: NodeJS.ProcessEnv;
  readonly program: string | undefined;
}

/** A start may fail because of a fault that happens once. */
const MAX_FAILED_STARTS = 3;

/** A platform of which processes can be killed, on a database that outlives it. */
export class FaultPlatform {
  private cli: CliProcess | undefined;
  private exited: ReturnType<typeof waitForExit> | undefined;
  private running: RunningPlatform | undefined;
  private token = '';

  private constructor(
    /** The owner's connections. */
    readonly owner: Pool,
    readonly base: ReturnType<typeof privateBase>,
    private readonly options: PlatformOptions & { databaseUrl: string; port: number },
    private readonly stopDatabase: () => Promise<void>,
  ) {}

  /** `program`: the bundle that runs, in place of the one of the launcher. */
  static async start(workers: number, env: NodeJS.ProcessEnv = {}, program?: string): Promise<FaultPlatform> {
    const base = privateBase();
    mkdirSync(join(base.path, 'shared'));
    const postgres = await startMigratedPostgres();
    const owner = new Pool({ connectionString: postgres.url, max: 2 });
    owner.on('error', () => undefined); // a fault ends every connection; the next statement opens another
    const options = { databaseUrl: postgres.url, port: await freePort(), workers, env, program };
    const platform = new FaultPlatform(owner, base, options, () => postgres.stop());
    await platform.boot();
    const { login, password } = platform.running!;
    platform.token = (await logIn({ baseUrl: platform.url }, login, password!)).token;
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
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

  /** Starts the platform's process again, on its port, directory and database. */
  async boot(): Promise<void> {
    const { port, databaseUrl, workers, env, program } = this.options;
    const data = join(this.base.path, 'data');
    mkdirSync(data, { recursive: true });
    const place = ['--port', String(port), '--notifier-port', '0', '--data', data, '--database-url', databaseUrl];
    const args = ['--json', '--compat', 'attune', '--workers', String(workers)];
    const environment = { ...ENVIRONMENT, PLATFORM_ACTION_PATHS: this.sharedDirectory, ...env };
    this.cli = spawnCli(['up', ...args, ...place], environment, program);
    this.exited = waitForExit(this.cli);
    this.running = await waitForReady(this.cli);
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
      if (!this.hasEnded()) {
        await Promise.race([this.exited, isDone]);
        continue;
      }
      await this.boot().catch((error: unknown) => {
        if (++starts === MAX_FAILED_STARTS) throw error;
      });
    }
  }

  private hasEnded(): boolean {
    return this.cli !== undefined && (this.cli.exitCode !== null || this.cli.signalCode !== null);
  }

  /** Ends the process of API, executor, timers and notifier; its workers end with it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<[number | null, NodeJS.Signals | null]> {
    this.cli!.kill(signal);
    return this.exited!;
  }

  /** Pids of the active worker processes, in order of their names. */
  async workers(): Promise<number[]> {
    const { rows } = await this.owner.query<{ pid: number }>(
      `select (meta ->> 'pid')::int as pid from worker where status = 'active' and name like $1 order by name`,
      [`${this.running!.instance_id}-w%`],
    );
    return rows.map(({ pid }) => pid);
  }

  /** Pids of the processes of PostgreSQL, without its server, which starts all of them again. */
  async databaseProcesses(): Promise<number[]> {
    const { rows } = await this.owner.query<{ pid: number }>('select pid from pg_stat_activity order by pid');
    return rows.map(({ pid }) => pid);
  }

  /** A process whose loss makes PostgreSQL end all others, and start them again from its files. */
  async databaseVictim(): Promise<number> {
    const { rows } = await this.owner.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'checkpointer'`,
    );
    return rows[0]!.pid;
  }

  /** Waits until PostgreSQL has restarted its processes after the loss of this one. */
  async waitForRecovery(lost: number): Promise<void> {
    const hasRestarted = () =>
      this.databaseProcesses().then(
        (pids) => !pids.includes(lost),
        () => false,
      );
    await until(predicateToHold('PostgreSQL to recover', hasRestarted), livenessDeadline());
  }

  /**
   * Waits until no execution runs alone after two crashes of its workers: a third crash ends it,
   * and that is no anomaly.
   */
  async waitUntilNoneRunsAlone(): Promise<void> {
    const alone = `select count(*)::int as count from worker_crash_suspect s join execution e on e.id = s.execution
      where s.suspicions >= 2 and e.finished_at is null`;
    const isNone = async () => (await this.owner.query<{ count: number }>(alone)).rows[0]!.count === 0;
    await until(predicateToHold('no execution to run alone', isNone), livenessDeadline());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded()) await this.kill('SIGTERM');
    await this.owner.end();
    await this.stopDatabase();
    this.base.remove();
  }
}

/** A port that was free a moment ago: a restarted platform keeps the address of its clients. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
