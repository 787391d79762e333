import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { Header } from 'tar';

export interface Entry {
  readonly path: string;
  readonly text?: string;
  /** Type of the entry as tar's library names it; a plain file unless given. */
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly mode?: number;
  /** Zeros instead of a text. */
  readonly zeros?: number;
}

const BLOCK = 512;

/** A gzip tar of exactly these entries, safe or not. Answers its path. */
export async function archiveOf(directory: string, entries: Iterable<Entry>): Promise<string> {
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

async function writeEntry(entry: Entry, write: (bytes: Buffer) => Promise<void>): Promise<void> {
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
