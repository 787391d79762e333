import { createWriteStream } from 'node:fs';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { create } from 'tar';

/** Read at once: the tar library's own compression, and larger reads, stall the API. */
const READ_BYTES = 256 * 1_024;
/** Of every entry, so that the same files give the same archive. */
const MTIME = new Date(0);

/**
 * Writes the files of a stored pack to a gzip tar, below a directory named by its ref. The file
 * has no name any more when it is returned, and ends with its handle. Throws ENOENT where the
 * files are removed meanwhile.
 */
export async function archivePack(storage: string, ref: string, file: string): Promise<FileHandle> {
  const entries = await readdir(storage, { recursive: true });
  const options = {
    maxReadSize: READ_BYTES,
    portable: true,
    mtime: MTIME,
    cwd: storage,
    prefix: ref,
    noDirRecurse: true,
    strict: true,
  };
  try {
    const tar = Readable.from(create(options, ['.', ...entries.sort()]));
    await pipeline(tar, createGzip(), createWriteStream(file, { flags: 'wx' }));
    return await open(file);
  } finally {
    await rm(file, { force: true });
  }
}
