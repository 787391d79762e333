import { constants } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../../store/database/sha256';
import { PACK_LIMITS } from '../limits';
import { packError, unsafeEntry } from '../pack-errors';

const EXECUTE_BITS = 0o111;
const SETUID_SETGID_BITS = 0o6000;

export interface CopiedTree {
  readonly bytes: number;
  /** SHA-256 of each file, by its path in the tree. */
  readonly digests: ReadonlyMap<string, string>;
}

/** Bytes and entries that remain, and the digests of the files so far. */
interface CopyState {
  bytes: number;
  entries: number;
  readonly digests: Map<string, string>;
}

/**
 * Copies a directory's files and their execute permission. Follows no link. Throws DomainError
 * PACK_UNSAFE_ENTRY for anything but plain files and directories, PACK_LIMIT beyond the limits of
 * a pack. `to` must not exist.
 */
export async function copyTree(from: string, to: string): Promise<CopiedTree> {
  const left: CopyState = { bytes: PACK_LIMITS.totalBytes, entries: PACK_LIMITS.entries, digests: new Map() };
  await copyDirectory(from, to, '', left);
  return { bytes: PACK_LIMITS.totalBytes - left.bytes, digests: left.digests };
}

async function copyDirectory(from: string, to: string, relativePath: string, left: CopyState): Promise<void> {
  if (relativePath.split('/').length > PACK_LIMITS.depth)
    throw packError('PACK_LIMIT', 'directories nested too deeply', relativePath);
  await mkdir(to, { mode: 0o755 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const path = relativePath === '' ? entry.name : `${relativePath}/${entry.name}`;
    if (--left.entries < 0) throw packError('PACK_LIMIT', `more than ${PACK_LIMITS.entries} entries`, path);
    if (entry.isDirectory()) await copyDirectory(join(from, entry.name), join(to, entry.name), path, left);
    else if (entry.isFile()) await copyFile(join(from, entry.name), join(to, entry.name), path, left);
    else throw unsafeEntry(path);
  }
}

async function copyFile(from: string, to: string, path: string, left: CopyState): Promise<void> {
  const file = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size, mode } = await file.stat();
    if ((mode & SETUID_SETGID_BITS) !== 0) throw unsafeEntry(path);
    left.bytes -= size;
    if (size > PACK_LIMITS.entryBytes || left.bytes < 0) throw packError('PACK_LIMIT', 'the pack is too large', path);
    const content = await file.readFile();
    left.digests.set(path, sha256Hex(content));
    await writeFile(to, content, { mode: (mode & EXECUTE_BITS) === 0 ? 0o644 : 0o755, flag: 'wx' });
  } finally {
    await file.close();
  }
}
