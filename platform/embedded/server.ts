import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import type { Watchdog } from '../watchdog';
import type { Binaries } from './binaries';
import type { Cluster } from './cluster';
import { StartError } from './errors';
import { startGuarded, type Guarded } from './guarded';
import type { Account } from './plain-user';

export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Settled when PostgreSQL is gone, wanted or not. */
  readonly ended: Promise<void>;
}

export interface ServerGround {
  readonly watchdog: Watchdog;
  readonly binaries: Binaries;
  readonly user: Account | null;
  readonly durable: boolean;
  readonly log: Logger;
}

const PORT_TRIES = 10;
const IN_USE_TRIES = 15;
const IN_USE_PAUSE_MS = 100;
const LINES_KEPT = 20;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  dynamic_shared_memory_type: 'mmap', // else kill -9 leaves files in /dev/shm for good
  max_connections: '200',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
  io_method: 'sync',
  max_logical_replication_workers: '0',
};

/** A crash of the machine may lose all of it. */
const THROW_AWAY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
};

type Outcome = { readonly is: 'ready'; readonly server: Server } | { readonly is: 'failed'; readonly why: string };

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 and waits until it accepts connections. A port that was taken meanwhile
 * is replaced; a predecessor on the same data gets a moment to end. DATA_DIR_IN_USE, PG_START_FAILED.
 */
export async function startServer(cluster: Cluster, ground: ServerGround): Promise<Server> {
  for (let ports = PORT_TRIES, waits = IN_USE_TRIES; ;) {
    const outcome = await tryStart(cluster, ground, await freePort());
    if (outcome.is === 'ready') return outcome.server;
    if (outcome.why.includes(PORT_TAKEN) && ports-- > 0) continue;
    if (!outcome.why.includes(DATA_TAKEN)) throw startFailed(cluster, outcome.why);
    if (waits-- <= 0) throw inUse(cluster);
    await new Promise((resolve) => setTimeout(resolve, IN_USE_PAUSE_MS));
  }
}

const PORT_TAKEN = 'Address already in use';
const DATA_TAKEN = 'postmaster.pid" already exists';

const startFailed = (cluster: Cluster, why: string): StartError =>
  new StartError('PG_START_FAILED', `PostgreSQL said: ${why}`, `look at ${cluster.path}`);

const inUse = (cluster: Cluster): StartError =>
  new StartError(
    'DATA_DIR_IN_USE',
    `another platform is running on ${cluster.path}`,
    'stop it, or give another --data folder',
  );

async function tryStart(cluster: Cluster, ground: ServerGround, port: number): Promise<Outcome> {
  const settings = { ...SETTINGS, ...(ground.durable ? {} : THROW_AWAY), port: String(port) };
  const args = ['-D', cluster.path, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const { postgres: command, env } = ground.binaries;
  const child = await startGuarded(ground.watchdog, 'server', { command, args, user: ground.user, env });
  const ended = once(child, 'close').then(() => undefined);
  const said = await readyOrDead(child, ground.log);
  if (said === null) letGo(child);
  return said === null ? { is: 'ready', server: { pid: child.pid!, port, ended } } : { is: 'failed', why: said };
}

/** Null when ready; else the last lines it said before it ended. Whatever it says goes on to the log. */
function readyOrDead(child: Guarded, log: Logger): Promise<string | null> {
  const lines: string[] = [];
  child.stdout.resume();
  return new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.debug({ postgres: line });
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      if (line.includes('database system is ready to accept connections')) resolve(null);
    });
    child.once('close', () => resolve(lines.map(withoutStamp).join(' ')));
  });
}

/** Our own end does not wait for it: the watchdog ends it then. */
function letGo(child: Guarded): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
}

const withoutStamp = (line: string): string => line.replace(/^[\d-]+ [\d:.]+ UTC \[\d+\] /, '');

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
