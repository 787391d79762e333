import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { privateParent } from './base-directory';
import { choosePostgresBinaries } from './binaries';
import { newPassword, openCluster, SUPERUSER } from './cluster';
import { copyTemplate, type ClusterTemplate } from './cluster-template';
import { StartError } from './start-error';
import { choosePostgresUser, type Account } from './postgres-user';
import { startRestartingServer } from './restarting-server';
import { createSocketDirectory, socketUrl } from './socket-directory';
import { startWatchdog, type Watchdog } from './watchdog';

interface PostgresOptions {
  /**
   * PostgreSQL's files go into `postgres/` below it. Default: the run directory, removed at the
   * stop.
   */
  readonly directory?: string;
  /** Survives a crash of the host. */
  readonly durable: boolean;
  /** How far its clock is ahead of the host's; default: 0. */
  readonly clockOffsetMs?: number;
  readonly log: Logger;
  /** Of new temporary data; default: an empty database. */
  readonly template?: ClusterTemplate;
  /** Directory with PostgreSQL's `bin`; null, and by default: that of the npm package. */
  readonly programs?: string | null;
  /** The platform's watchdog; default: a new one. */
  readonly watchdog?: Watchdog;
}

interface EmbeddedPostgres {
  /** The superuser's connection URL, with its password. */
  readonly url: string;
  /** Resolves when PostgreSQL has exited by itself and is not started again. */
  readonly lost: Promise<StartError>;
  /**
   * Stops the watchdog, which stops PostgreSQL and the instance's processes, and removes the run
   * directory.
   */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL from npm's binaries: about 0.5 s for temporary data. It is started again
 * when it exits by itself, and stops when this process ends, by a stop or a crash. Throws
 * StartError.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const watchdog = options.watchdog ?? (await startWatchdog());
  try {
    const directory = resolve(options.directory ?? watchdog.directory);
    requireDirectory(directory);
    const path = join(directory, 'postgres');
    const user = choosePostgresUser(path);
    prepareDirectory(directory, user);
    const socketDirectory = createSocketDirectory(watchdog.directory, user);
    const binaries = choosePostgresBinaries(watchdog.directory, user, options.programs ?? null);
    const serverOptions = { clockOffsetMs: 0, ...options, watchdog, user, binaries, socketDirectory };
    const copy = options.template ? await copyTemplate(path, options.template, serverOptions) : null;
    const cluster = copy ?? (await openCluster(path, serverOptions));
    const { lost } = await startRestartingServer(cluster, serverOptions);
    const urlWith = (password: string) => socketUrl(socketDirectory, { user: SUPERUSER, password });
    const password = copy ? await replacePassword(urlWith(copy.password)) : cluster.password;
    return { url: urlWith(password), lost, stop: () => watchdog.stop() };
  } catch (error) {
    if (!options.watchdog) await watchdog.stop();
    throw error;
  }
}

/** All copies of a template have its password at first. Returns the new one. */
async function replacePassword(url: string): Promise<string> {
  const password = newPassword();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`alter role ${SUPERUSER} password ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  return password;
}

/** Throws DATA_DIR_UNUSABLE where the path, or a parent of it, is a file. */
function requireDirectory(directory: string): void {
  try {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  } catch (error) {
    throw dataDirUnusable(error);
  }
  throw dataDirUnusable(new Error(`${directory} is a file`));
}

const dataDirUnusable = (error: unknown): StartError =>
  new StartError(
    'DATA_DIR_UNUSABLE',
    String(error).replace(/^Error: /, ''),
    'give a directory that can be created and written',
  );

/**
 * Creates a missing directory. Throws DATA_DIR_PRIVATE where PostgreSQL's user cannot enter it.
 */
function prepareDirectory(directory: string, user: Account | null): void {
  const privateAncestor = user && privateParent(directory);
  if (privateAncestor) {
    const remedy = `choose another directory (/var/lib/tuningfork), or chmod o+x ${privateAncestor}`;
    throw new StartError(
      'DATA_DIR_PRIVATE',
      `PostgreSQL runs as ${user.name}, which may not enter ${privateAncestor}`,
      remedy,
    );
  }
  try {
    if (!existsSync(directory)) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o711);
    }
    accessSync(`${directory}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw dataDirUnusable(error);
  }
}
