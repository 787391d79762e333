import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const MAX_LIST_BYTES = 256 * 1_024 * 1_024;

/**
 * The files of a working tree, as paths below it: edited and untracked ones too, but none that git
 * ignores. Without git, all files.
 */
export async function workingTreeFiles(root: string): Promise<string[]> {
  const listed = await listByGit(root);
  if (listed === null) return walk(root, '');
  const present = await Promise.all(
    [...new Set(listed)].map(async (path) => ((await isFileOrLink(join(root, path))) ? path : null)),
  );
  return present.filter((path) => path !== null).sort();
}

/** Null where the directory is in no working tree of git. */
async function listByGit(root: string): Promise<string[] | null> {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const { stdout } = await exec('git', args, { cwd: root, maxBuffer: MAX_LIST_BYTES });
    return stdout.split('\0').filter((path) => path !== '');
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || code === 128) return null; // no git, or no repository
    throw error;
  }
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
