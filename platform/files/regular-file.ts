import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { errorCode } from '../base/error-details';

/** Of an entry that is no such thing: missing, of another kind, a link, or unreadable. */
const UNUSABLE: ReadonlySet<string | undefined> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENXIO', 'EISDIR', 'ENAMETOOLONG'],
]);

/** For `catch`: null for an entry that cannot be used. */
export function nullIfUnusable(error: unknown): null {
  if (UNUSABLE.has(errorCode(error))) return null;
  throw error;
}

/** Neither follows a link nor waits for the other end of a pipe. */
const SAFE = constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface RegularFile {
  readonly file: FileHandle;
  /** Bytes, as of now. */
  readonly size: number;
}

/** Null: no regular file. The caller closes it. */
export async function openRegular(path: string, flags: number): Promise<RegularFile | null> {
  const file = await open(path, flags | SAFE).catch(nullIfUnusable);
  return file && asRegular(file);
}

/** Null for anything else than a regular file, which is closed. */
export async function asRegular(file: FileHandle): Promise<RegularFile | null> {
  const status = await file.stat();
  if (status.isFile()) return { file, size: status.size };
  await file.close();
  return null;
}
