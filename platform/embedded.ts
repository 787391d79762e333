import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { privateParent } from './embedded/base-directory';
import { usableBinaries } from './embedded/binaries';
import { openCluster, SUPERUSER } from './embedded/cluster';
import { StartError } from './embedded/errors';
import { plainUser, type Account } from './embedded/plain-user';
import { startServer } from './embedded/server';
import { startWatchdog, type Watchdog } from './watchdog';

export interface PostgresOptions {
  /** PostgreSQL's files go into `postgres/` below it. Default: the run directory, which is removed at the end. */
  readonly directory?: string;
  /** Survives a crash of the machine. */
  readonly durable: boolean;
  readonly log: Logger;
  /** The platform's; default: one of its own. */
  readonly watchdog?: Watchdog;
}

export interface Postgres {
  /** Superuser's connection URL, password included. */
  readonly url: string;
  readonly pid: number;
  /** Settled when PostgreSQL is gone, wanted or not. */
  readonly ended: Promise<void>;
  /** Stops the watchdog: PostgreSQL and all else of its instance ends, and the run directory goes. */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of our own from npm's binaries: about 0.5 s for throw-away data. It ends with this process, however that
 * goes. StartError: one line for each thing that can be missing or wrong.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const watchdog = options.watchdog ?? (await startWatchdog());
  try {
    const directory = resolve(options.directory ?? watchdog.directory);
    refuseFile(directory);
    const path = join(directory, 'postgres');
    const user = plainUser(path);
    openDirectory(directory, user);
    const ground = { ...options, watchdog, user, binaries: usableBinaries(watchdog.directory, user) };
    const cluster = await openCluster(path, ground);
    const { pid, port, ended } = await startServer(cluster, ground);
    const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/postgres`;
    return { url, pid, ended, stop: () => watchdog.stop() };
  } catch (error) {
    if (!options.watchdog) await watchdog.stop();
    throw error;
  }
}

/** What lies at the path, or above it, may be a file. */
function refuseFile(directory: string): void {
  try {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  } catch (error) {
    throw unusable(error);
  }
  throw unusable(new Error(`${directory} is a file`));
}

const unusable = (error: unknown): StartError =>
  new StartError(
    'DATA_DIR_UNUSABLE',
    String(error).replace(/^Error: /, ''),
    'give a folder that can be made and written',
  );

/** Makes the folder where it is missing, and only where PostgreSQL can get to it. */
function openDirectory(directory: string, user: Account | null): void {
  const closed = user && privateParent(directory);
  if (closed) {
    const right = `choose a folder elsewhere (/var/lib/tuningfork), or chmod o+x ${closed}`;
    throw new StartError('DATA_DIR_PRIVATE', `PostgreSQL runs as ${user.name}, who may not enter ${closed}`, right);
  }
  try {
    if (!existsSync(directory)) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o711);
    }
    accessSync(`${directory}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(error);
  }
}
