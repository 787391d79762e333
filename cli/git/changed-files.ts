import { readFileSync } from 'node:fs';
import { usageError } from '../failures';
import { git } from './git';
import { lastLine } from '../../helpers/line-of-text';

/** What a change is compared with. */
export interface Base {
  /** As it was named. */
  readonly revision: string;
  /** Id of its commit. */
  readonly commit: string;
}

/**
 * The commit that a revision names. Throws CommandError, exit 2: NO_REPOSITORY where the directory
 * is in no working tree, REVISION_UNKNOWN.
 */
export async function resolveBase(directory: string, revision: string): Promise<Base> {
  await git(directory, 'rev-parse', '--show-toplevel').catch((error: unknown) => {
    throw usageError(`NO_REPOSITORY: ${directory} is in no working tree of git: ${reasonOf(error)}`);
  });
  const resolved = git(directory, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  const commit = await resolved.catch(async () => {
    const remedy = (await isShallow(directory)) ? SHALLOW : ': name another revision';
    throw usageError(`REVISION_UNKNOWN: there is no commit ${revision} in this repository${remedy}`);
  });
  return { revision, commit: commit.trim() };
}

/** Whether the repository has only the newest part of its history. */
const isShallow = async (directory: string): Promise<boolean> =>
  (await git(directory, 'rev-parse', '--is-shallow-repository')).trim() === 'true';

const SHALLOW =
  ', which is a shallow clone, without the older commits: run `git fetch --unshallow`, or let CI check out the ' +
  'whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)';

/**
 * Throws CommandError, exit 2: HISTORY_SHALLOW where a shallow clone lacks parents of the commits
 * between a base and HEAD, so that git would list too few, or take all their files for new ones.
 */
export async function requireHistory(directory: string, { revision, commit }: Base): Promise<void> {
  if (!(await isShallow(directory))) return;
  const path = (await git(directory, 'rev-parse', '--path-format=absolute', '--git-path', 'shallow')).trim();
  const boundary = new Set(readFileSync(path, 'utf8').split('\n'));
  const between = (await git(directory, 'rev-list', `${commit}..HEAD`)).split('\n');
  if (!between.some((id) => id !== '' && boundary.has(id))) return;
  throw usageError(`HISTORY_SHALLOW: the commits from ${revision} to HEAD are not all in this repository${SHALLOW}`);
}

const FILES = ['diff-tree', '-r', '--root', '--no-commit-id', '--no-renames', '--name-only', '--relative', '-z'];

/**
 * Paths of the files below the directory that a commit changed, added or removed; of a merge, from
 * its first parent.
 */
export const filesOfCommit = async (directory: string, commit: string): Promise<string[]> =>
  paths(await git(directory, ...FILES, '--diff-merges=first-parent', commit));

/**
 * Paths of the files below the directory that differ from the commit, relative to it and sorted:
 * changed, added and removed ones, and those that git does not track or ignore.
 */
export async function changedFiles(directory: string, { commit }: Base): Promise<string[]> {
  const different = await git(directory, 'diff', '--name-only', '--no-renames', '--relative', '-z', commit, '--', '.');
  const untracked = await untrackedFiles(directory);
  return [...new Set([...paths(different), ...untracked])].sort();
}

/** Paths of the files below the directory that git does not track or ignore. */
export const untrackedFiles = async (directory: string): Promise<string[]> =>
  paths(await git(directory, 'ls-files', '--others', '--exclude-standard', '-z'));

/** The text of a file in the commit, by its path in the directory; null where there is none. */
export async function fileAt(directory: string, { commit }: Base, path: string): Promise<string | null> {
  const listed = await git(directory, '--literal-pathspecs', 'ls-tree', '--name-only', '-z', commit, '--', path);
  return listed === '' ? null : git(directory, 'show', `${commit}:./${path}`);
}

/** Paths of all files below the directory that git does not ignore, sorted. */
export const allFiles = async (directory: string): Promise<string[]> =>
  paths(await git(directory, 'ls-files', '--cached', '--others', '--exclude-standard', '-z')).sort();

const paths = (output: string): string[] => output.split('\0').filter((path) => path !== '');

/** The last line that git printed, or why it could not be started. */
const reasonOf = (error: unknown): string => lastLine(String(error));
