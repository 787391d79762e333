import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Watchdog } from './watchdog';
import type { PostgresBinaries } from './binaries';
import { StartError } from './start-error';
import { runGuarded } from './guarded-process';
import type { Account } from './postgres-user';

export const SUPERUSER = 'tuningfork';

/** A data directory of PostgreSQL, and its superuser's password, which is stored in it. */
export interface Cluster {
  readonly path: string;
  readonly password: string;
}

interface ClusterOptions {
  readonly watchdog: Watchdog;
  readonly binaries: PostgresBinaries;
  readonly user: Account | null;
  readonly durable: boolean;
}

const PASSWORD_FILE = 'tuningfork.password';

/**
 * Opens the cluster at `path`, or creates it: completely or not at all, also when two processes do
 * so at once. Throws PG_START_FAILED.
 */
export async function openCluster(path: string, options: ClusterOptions): Promise<Cluster> {
  if (!existsSync(join(path, 'PG_VERSION'))) await createCluster(path, options);
  return readCluster(path);
}

/** A cluster that exists. */
export const readCluster = (path: string): Cluster => ({
  path,
  password: readFileSync(join(path, PASSWORD_FILE), 'utf8'),
});

export const newPassword = (): string => randomBytes(24).toString('hex');

/** Creates an empty directory for a cluster, which PostgreSQL's user owns. */
export function createClusterDirectory(path: string, user: Account | null): void {
  mkdirSync(path, { mode: 0o700 });
  changeOwner(path, user);
}

async function createCluster(path: string, options: ClusterOptions): Promise<void> {
  const draft = `${path}.new-${options.watchdog.instance}`;
  const passwordFile = join(options.watchdog.directory, PASSWORD_FILE);
  const password = newPassword();
  await options.watchdog.removeOnStop(draft);
  createClusterDirectory(draft, options.user);
  writePassword(passwordFile, password, options.user);
  await runInitdb(draft, passwordFile, options);
  rmSync(passwordFile);
  writePassword(join(draft, PASSWORD_FILE), password, options.user);
  moveIntoPlace(draft, path);
}

function writePassword(file: string, password: string, user: Account | null): void {
  writeFileSync(file, password, { mode: 0o600 });
  changeOwner(file, user);
}

function changeOwner(path: string, user: Account | null): void {
  if (user) chownSync(path, user.uid, user.gid);
}

/** A rename fails when another process has created the cluster first: that cluster is used. */
function moveIntoPlace(draft: string, path: string): void {
  try {
    renameSync(draft, path);
  } catch (error) {
    if (!existsSync(join(path, 'PG_VERSION'))) throw error;
  }
}

/** The first major version whose initdb takes settings. */
const FIRST_WITH_SETTINGS = 16;
/** The password has 192 random bits: repeated hashing would only slow down connections. */
const SETTING_ARGUMENTS = ['-c', 'dynamic_shared_memory_type=mmap', '-c', 'scram_iterations=1'];

async function runInitdb(path: string, passwordFile: string, options: ClusterOptions): Promise<void> {
  const args = ['-D', path, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--no-locale', '--no-instructions');
  const { initdb: command, env, majorVersion } = options.binaries;
  if (majorVersion >= FIRST_WITH_SETTINGS) args.push(...SETTING_ARGUMENTS);
  if (!options.durable) args.push('--no-sync');
  const { code, output } = await runGuarded(options.watchdog, { command, args, user: options.user, env });
  if (code === 0) return;
  throw new StartError(
    'PG_START_FAILED',
    `initdb exited with ${String(code)}: ${output}`,
    'npx tuningfork doctor shows what is missing',
  );
}
