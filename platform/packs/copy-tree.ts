import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACK_LIMITS } from './limits';
import { refusedPack } from './problems';

const EXECUTABLE = 0o111;
const SET_ID = 0o6000;

/** Bytes and entries still allowed. */
interface Budget {
  bytes: number;
  entries: number;
}

/**
 * Copies a directory's files, keeping who may execute them. Follows no link. Throws Refusal PACK_UNSAFE_ENTRY for
 * anything but plain files and directories, PACK_LIMIT beyond the limits of a pack. `to` must not exist.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  await copyDirectory(from, to, '', { bytes: PACK_LIMITS.totalBytes, entries: PACK_LIMITS.entries });
}

async function copyDirectory(from: string, to: string, below: string, budget: Budget): Promise<void> {
  if (below.split('/').length > PACK_LIMITS.depth)
    throw refusedPack('PACK_LIMIT', 'directories nested too deeply', below);
  await mkdir(to, { mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (--budget.entries < 0) throw refusedPack('PACK_LIMIT', `more than ${PACK_LIMITS.entries} entries`, path);
    if (entry.isDirectory()) await copyDirectory(join(from, entry.name), join(to, entry.name), path, budget);
    else if (entry.isFile()) await copyFile(join(from, entry.name), join(to, entry.name), path, budget);
    else throw unsafe(path);
  }
}

async function copyFile(from: string, to: string, path: string, budget: Budget): Promise<void> {
  const file = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size, mode } = await file.stat();
    if ((mode & SET_ID) !== 0) throw unsafe(path);
    budget.bytes -= size;
    if (size > PACK_LIMITS.entryBytes || budget.bytes < 0)
      throw refusedPack('PACK_LIMIT', 'the pack is too large', path);
    await writeFile(to, await file.readFile(), { mode: (mode & EXECUTABLE) === 0 ? 0o644 : 0o755, flag: 'wx' });
  } finally {
    await file.close();
  }
}

const unsafe = (path: string) =>
  refusedPack('PACK_UNSAFE_ENTRY', `${path} is neither a plain file nor a directory`, path);

/** True for a directory that is one itself, not a link to one. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
