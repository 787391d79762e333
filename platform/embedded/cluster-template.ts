import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { draftOf, removeOld } from '../../bin/content-cache';
import { createClusterDirectory, openCluster, readCluster, SUPERUSER, type Cluster } from './cluster';
import { runGuarded } from './guarded-process';
import { startServer, type ServerOptions } from './postgres-server';
import { socketUrl } from './socket-directory';

/** A cluster with a prepared database: made once, kept as an archive, copied for each start. */
export interface ClusterTemplate {
  /** Of the archive. Its name has a digest of everything that its content depends on. */
  readonly path: string;
  /**
   * What the caller does first with each new database, as its superuser. In a copy of the template
   * it is done already.
   */
  prepare(url: string): Promise<void>;
}

/** With those of the sources before the last changes, and of other users. */
const KEPT_ARCHIVES = 3;

/**
 * Copies the template to `path`; makes its archive first if there is none. Null where the archive
 * cannot be stored or read. Throws the errors of a new cluster, and of `prepare`.
 */
export async function copyTemplate(
  path: string,
  template: ClusterTemplate,
  options: ServerOptions,
): Promise<Cluster | null> {
  if (!existsSync(template.path) && !(await makeArchive(template, options))) return null;
  await options.watchdog.removeOnStop(path);
  createClusterDirectory(path, options.user);
  if (await runTar(options, ['-xpf', template.path, '-C', path])) return readCluster(path);
  if (options.watchdog.stopSignal.aborted) return null; // the stop has ended `tar`
  const isGood = await runTar(options, ['-tf', template.path]);
  if (options.watchdog.stopSignal.aborted) return null;
  rmSync(path, { recursive: true, force: true });
  if (isGood) options.log.warn({ path }, 'the template of the database could not be copied, a database is created');
  else {
    options.log.warn({ archive: template.path }, 'the template of the database is unusable, it is removed');
    rmSync(template.path, { force: true });
  }
  return null;
}

/** False if the archive cannot be stored. */
async function makeArchive({ path, prepare }: ClusterTemplate, options: ServerOptions): Promise<boolean> {
  const { watchdog, socketDirectory } = options;
  if (!canStore(dirname(path))) return false;
  const cluster = await openCluster(join(watchdog.directory, 'template'), options);
  const server = await startServer(cluster, options);
  try {
    await prepare(socketUrl(socketDirectory, { user: SUPERUSER, password: cluster.password }));
  } finally {
    await server.stop();
  }
  const draft = draftOf(path, watchdog.instance);
  await watchdog.removeOnStop(draft);
  const isStored = await runTar(options, ['-cf', draft, '-C', cluster.path, '.']);
  rmSync(cluster.path, { recursive: true });
  if (isStored) store(draft, path);
  else rmSync(draft, { force: true });
  return isStored;
}

function canStore(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Complete or not at all, also after a crash of the host. */
function store(draft: string, path: string): void {
  const file = openSync(draft, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
  removeOld(dirname(path), KEPT_ARCHIVES);
}

/** As this process's user, so that files keep PostgreSQL's user as their owner. */
async function runTar({ watchdog, log }: ServerOptions, args: readonly string[]): Promise<boolean> {
  const { code, output } = await runGuarded(watchdog, { command: 'tar', args, user: null, env: {} });
  if (code !== 0) log.debug({ tar: output }, 'tar failed');
  return code === 0;
}
