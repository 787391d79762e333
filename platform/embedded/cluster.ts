import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Watchdog } from '../watchdog';
import type { Binaries } from './binaries';
import { StartError } from './errors';
import { startGuarded } from './guarded';
import type { Account } from './plain-user';

export const SUPERUSER = 'tuningfork';

/** A data directory of PostgreSQL and the password of its superuser, which lies inside it. */
export interface Cluster {
  readonly path: string;
  readonly password: string;
}

interface Ground {
  readonly watchdog: Watchdog;
  readonly binaries: Binaries;
  readonly user: Account | null;
  readonly durable: boolean;
}

const PASSWORD_FILE = 'tuningfork.password';

/** Opens the cluster at `path`, or makes it: whole or not at all, also when two do so at once. PG_START_FAILED. */
export async function openCluster(path: string, ground: Ground): Promise<Cluster> {
  if (!existsSync(join(path, 'PG_VERSION'))) await makeCluster(path, ground);
  return { path, password: readFileSync(join(path, PASSWORD_FILE), 'utf8') };
}

async function makeCluster(path: string, ground: Ground): Promise<void> {
  const draft = `${path}.new-${ground.watchdog.instance}`;
  const handedOver = join(ground.watchdog.directory, PASSWORD_FILE);
  const password = randomBytes(24).toString('hex');
  await ground.watchdog.trash(draft);
  mkdirSync(draft, { mode: 0o700 });
  give(draft, ground.user);
  writePassword(handedOver, password, ground.user);
  await initialize(draft, handedOver, ground);
  rmSync(handedOver);
  writePassword(join(draft, PASSWORD_FILE), password, ground.user);
  moveInto(draft, path);
}

function writePassword(file: string, password: string, user: Account | null): void {
  writeFileSync(file, password, { mode: 0o600 });
  give(file, user);
}

function give(path: string, user: Account | null): void {
  if (user) chownSync(path, user.uid, user.gid);
}

/** A rename onto a cluster that somebody else finished first is refused, and theirs is used. */
function moveInto(draft: string, path: string): void {
  try {
    renameSync(draft, path);
  } catch (error) {
    if (!existsSync(join(path, 'PG_VERSION'))) throw error;
  }
}

async function initialize(path: string, passwordFile: string, ground: Ground): Promise<void> {
  const args = ['-D', path, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--no-locale', '--no-instructions', '-c', 'dynamic_shared_memory_type=mmap');
  // The password is 192 random bits: repeated hashing would only slow every connection down.
  args.push('-c', 'scram_iterations=1');
  if (!ground.durable) args.push('--no-sync');
  const { initdb: command, env } = ground.binaries;
  const child = await startGuarded(ground.watchdog, 'group', { command, args, user: ground.user, env });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [said, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return;
  const line = (complaint || said).trim().split('\n').join(' ');
  throw new StartError(
    'PG_START_FAILED',
    `initdb ended with ${String(code)}: ${line}`,
    'npx tuningfork doctor says what is missing',
  );
}
