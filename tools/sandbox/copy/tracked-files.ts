import { execFile } from 'node:child_process';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const MAX_LIST_BYTES = 256 * 1_024 * 1_024;

/** What a copy has of a working tree, and what it lacks in words. */
export interface WorkingTree {
  /** Paths below the root. */
  readonly files: string[];
  readonly notices: string[];
}

/**
 * The files of a working tree: edited and untracked ones too, and those of its submodules, but
 * none that git ignores. Without git, all files.
 */
export async function workingTreeFiles(root: string, stop?: AbortSignal): Promise<WorkingTree> {
  const notices: string[] = [];
  const listed = await listByGit(root, '', notices, stop);
  if (listed === null) return { files: await walk(root, ''), notices };
  const present = await Promise.all(
    [...new Set(listed)].map(async (path) => ((await isFileOrLink(join(root, path))) ? path : null)),
  );
  return { files: present.filter((path) => path !== null).sort(), notices };
}

/** Null where the directory is in no working tree of git. `below`: its path below the root. */
async function listByGit(
  root: string,
  below: string,
  notices: string[],
  stop: AbortSignal | undefined,
): Promise<string[] | null> {
  const git = gitIn(join(root, below), stop);
  const listed = await git('ls-files', '-z', '--cached', '--others', '--exclude-standard');
  if (listed === null) return null;
  const files = listed.filter((path) => !path.endsWith('/')).map((path) => join(below, path));
  const nested = listed.filter((path) => path.endsWith('/')).map((path) => join(below, path).slice(0, -1));
  for (const path of nested)
    notices.push(`${path} is left out of the copy: it is a repository of its own, and no submodule`);
  const pointers = await pointersIn(root, below, (await git('ls-files', '-z', '--', ':(attr:filter=lfs)')) ?? []);
  if (pointers.length > 0) notices.push(pointersText(pointers));
  for (const path of submodulesOf((await git('ls-files', '-z', '-s')) ?? [])) {
    const submodule = join(below, path);
    const inner = (await isCheckedOut(join(root, submodule))) ? await listByGit(root, submodule, notices, stop) : null;
    if (inner) files.push(...inner);
    else
      notices.push(
        `submodule ${submodule} is left out of the copy: it is not checked out; right would be git submodule update --init ${submodule}`,
      );
  }
  return files;
}

/** Runs git. Null where there is no git, or the directory is in no repository. */
const gitIn =
  (cwd: string, signal: AbortSignal | undefined) =>
  async (...args: readonly string[]): Promise<string[] | null> => {
    try {
      const { stdout } = await exec('git', [...args], { cwd, maxBuffer: MAX_LIST_BYTES, signal });
      return stdout.split('\0').filter((path) => path !== '');
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ENOENT' || code === 128) return null;
      throw error;
    }
  };

/** Of lines of the index, which begin with a mode and end with a tab and the path. */
const submodulesOf = (lines: readonly string[]): string[] => [
  ...new Set(lines.filter((line) => line.startsWith('160000 ')).map((line) => line.slice(line.indexOf('\t') + 1))),
];

/** An empty directory would be listed as a part of the repository around it. */
const isCheckedOut = async (directory: string): Promise<boolean> =>
  (await lstat(join(directory, '.git')).catch(() => null)) !== null;

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1';

/** Those of some paths whose content git LFS has not fetched. */
async function pointersIn(root: string, below: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await isPointer(join(root, below, path))) found.push(join(below, path));
  return found;
}

async function isPointer(file: string): Promise<boolean> {
  if (!(await lstat(file).catch(() => null))?.isFile()) return false;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LFS_POINTER.length), 0, LFS_POINTER.length, 0);
    return buffer.toString('utf8', 0, bytesRead) === LFS_POINTER;
  } finally {
    await handle.close();
  }
}

const MOST_NAMED = 5;

function pointersText(pointers: readonly string[]): string {
  const named = pointers.slice(0, MOST_NAMED).join(', ');
  const more = pointers.length > MOST_NAMED ? ` and ${pointers.length - MOST_NAMED} more` : '';
  return `${named}${more}: the copy has pointers of git LFS in the place of the content; right would be git lfs pull`;
}

/** A removed file is listed until it is committed; a submodule is a directory. */
const isFileOrLink = async (path: string): Promise<boolean> => {
  const stats = await lstat(path).catch(() => null);
  return stats !== null && (stats.isFile() || stats.isSymbolicLink());
};

async function walk(root: string, below: string): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return entry.name === '.git' ? [] : walk(root, path);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    }),
  );
  return paths.flat().sort();
}
