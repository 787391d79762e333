import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { retryWithBackoff } from '../base/async/retry-with-backoff';
import type { Watchdog } from './watchdog';
import type { PostgresBinaries } from './binaries';
import { clusterName } from './server-processes';
import type { Cluster } from './cluster';
import { StartError } from './start-error';
import { spawnGuarded, type GuardedProcess } from './guarded-process';
import type { Account } from './postgres-user';
import { PORT, quotedDirectory } from './socket-directory';

export interface PostgresServer {
  /** Settles when PostgreSQL has exited; processes of it may still end. */
  readonly exited: Promise<ServerExit>;
  /** Ends its connections and writes everything to its files. */
  stop(): Promise<void>;
}

interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerOptions {
  readonly watchdog: Watchdog;
  readonly binaries: PostgresBinaries;
  readonly user: Account | null;
  readonly durable: boolean;
  /** Of the platform's clock. */
  readonly clockOffsetMs: number;
  readonly log: Logger;
  readonly socketDirectory: string;
}

const IN_USE_ATTEMPTS = 16;
const RETRY_BACKOFF = { firstMs: 100, maxMs: 100 };
const MAX_LOG_LINES = 20;

const SETTINGS = {
  listen_addresses: '',
  port: String(PORT),
  dynamic_shared_memory_type: 'mmap', // else SIGKILL leaves files in /dev/shm
  max_connections: '200',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
  max_logical_replication_workers: '0',
};

/** Settings that an older version does not have. */
const newerSettings = ({ majorVersion }: PostgresBinaries): Readonly<Record<string, string>> =>
  majorVersion >= 18 ? { io_method: 'sync' } : {};

/** For temporary data: a crash of the host may lose it, a crash of PostgreSQL must not. */
const NON_DURABLE_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
};

/** PostgreSQL exited before it accepted connections. */
class ServerExited extends Error {
  constructor(readonly reason: string) {
    super(`PostgreSQL exited: ${reason}`);
  }
}

const DATA_IN_USE = /postmaster\.pid" already exists|is still in use/;

const isDataInUse = (error: unknown): boolean => error instanceof ServerExited && DATA_IN_USE.test(error.reason);

/**
 * Starts PostgreSQL and waits until it accepts connections. Retries for 1.5 s while another server
 * on the same data stops. Throws DATA_DIR_IN_USE, PG_START_FAILED.
 */
export async function startServer(cluster: Cluster, options: ServerOptions): Promise<PostgresServer> {
  try {
    return await retryWithBackoff(() => startOnce(cluster, options), {
      maxAttempts: IN_USE_ATTEMPTS,
      backoff: RETRY_BACKOFF,
      isRetryable: isDataInUse,
    });
  } catch (error) {
    if (!(error instanceof ServerExited)) throw error;
    throw isDataInUse(error) ? dataInUseError(cluster) : startFailedError(cluster, error.reason);
  }
}

const startFailedError = (cluster: Cluster, reason: string): StartError =>
  new StartError('PG_START_FAILED', `PostgreSQL did not start: ${reason}`, `check ${cluster.path}`);

const dataInUseError = (cluster: Cluster): StartError =>
  new StartError(
    'DATA_DIR_IN_USE',
    `another platform is running on ${cluster.path}`,
    'stop it, or give another --data directory',
  );

/** Throws ServerExited. */
async function startOnce(cluster: Cluster, options: ServerOptions): Promise<PostgresServer> {
  const settings = {
    ...SETTINGS,
    ...newerSettings(options.binaries),
    ...(options.durable ? {} : NON_DURABLE_SETTINGS),
    'platform.clock_offset': `${options.clockOffsetMs} ms`,
    cluster_name: clusterName(options.watchdog.instance),
    unix_socket_directories: quotedDirectory(options.socketDirectory),
  };
  const args = ['-D', cluster.path, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const { postgres: command, env } = options.binaries;
  const child = await spawnGuarded(options.watchdog, 'server', { command, args, user: options.user, env });
  const exited = new Promise<ServerExit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const failure = await waitUntilReady(child, options.log);
  if (failure !== null) throw new ServerExited(failure);
  detach(child);
  const stop = async (): Promise<void> => {
    child.ref();
    child.kill('SIGINT');
    await exited;
  };
  return { exited, stop };
}

/** Null when ready; else its last log lines before it exited. All lines go to the log. */
function waitUntilReady(child: GuardedProcess, log: Logger): Promise<string | null> {
  const lines: string[] = [];
  child.stdout.resume();
  return new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.debug({ postgres: line });
      lines.push(line);
      if (lines.length > MAX_LOG_LINES) lines.shift();
      if (line.includes('database system is ready to accept connections')) resolve(null);
    });
    child.once('close', () => resolve(lines.map(withoutTimestamp).join(' ')));
  });
}

/** The process may exit while PostgreSQL runs: the watchdog stops it then. */
function detach(child: GuardedProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
}

const withoutTimestamp = (line: string): string => line.replace(/^[\d-]+ [\d:.]+ UTC \[\d+\] /, '');
