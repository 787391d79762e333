import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { Header } from 'tar';

export interface ArchiveEntry {
  readonly path: string;
  readonly text?: string;
  /** Entry type as the tar library names it; default a plain file. */
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly mode?: number;
  /** Number of zero bytes instead of a text. */
  readonly zeros?: number;
}

const BLOCK = 512;

/** Writes a gzip tar of exactly these entries, safe or not. Returns its path. */
export async function writeTestArchive(directory: string, entries: Iterable<ArchiveEntry>): Promise<string> {
  const path = join(directory, 'pack.tar.gz');
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(path);
  gzip.pipe(file);
  const write = async (bytes: Buffer) => {
    if (!gzip.write(bytes)) await once(gzip, 'drain');
  };
  for (const entry of entries) await writeEntry(entry, write);
  gzip.end(Buffer.alloc(2 * BLOCK));
  await once(file, 'close');
  return path;
}

async function writeEntry(entry: ArchiveEntry, write: (bytes: Buffer) => Promise<void>): Promise<void> {
  const body = Buffer.from(entry.text ?? '');
  const size = entry.zeros ?? body.length;
  const header = new Header({
    path: entry.path,
    type: entry.type ?? 'File',
    mode: entry.mode ?? 0o644,
    size,
    mtime: new Date(0),
    ...(entry.linkpath ? { linkpath: entry.linkpath } : {}),
  });
  const block = Buffer.alloc(BLOCK);
  header.encode(block, 0);
  await write(block);
  await write(body);
  for (let left = entry.zeros ?? 0; left > 0; left -= BLOCK * 128)
    await write(Buffer.alloc(Math.min(left, BLOCK * 128)));
  if (size % BLOCK !== 0) await write(Buffer.alloc(BLOCK - (size % BLOCK)));
}
