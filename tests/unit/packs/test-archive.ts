import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { Header } from 'tar';

export interface ArchiveEntry {
  readonly path: string;
  readonly text?: string;
  /** Entry type as the tar library names it; default a plain file. */
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice' | 'ExtendedHeader';
  readonly linkpath?: string;
  readonly mode?: number;
  /** `key=value` of an extended header before the entry. */
  readonly extended?: string;
  /** Number of zero bytes instead of a text. */
  readonly zeros?: number;
}

const BLOCK = 512;

/**
 * Writes a gzip tar of exactly these entries, safe or not, and zero bytes after its end. Returns
 * its path.
 */
export async function writeTestArchive(
  directory: string,
  entries: Iterable<ArchiveEntry>,
  zerosAfterEnd = 0,
): Promise<string> {
  const path = join(directory, 'pack.tar.gz');
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(path);
  gzip.pipe(file);
  const write = async (bytes: Buffer) => {
    if (!gzip.write(bytes)) await once(gzip, 'drain');
  };
  for (const entry of entries) await writeEntry(entry, write);
  await write(Buffer.alloc(2 * BLOCK));
  await writeZeros(zerosAfterEnd, write);
  gzip.end();
  await once(file, 'close');
  return path;
}

type Write = (bytes: Buffer) => Promise<void>;

async function writeZeros(count: number, write: Write): Promise<void> {
  for (let left = count; left > 0; left -= BLOCK * 128) await write(Buffer.alloc(Math.min(left, BLOCK * 128)));
}

/** `<length> key=value\n`, where the length counts itself; for records of 10 to 999 bytes. */
function extendedRecord(record: string): string {
  const rest = record.length + 2;
  return `${rest + String(rest + 3).length} ${record}\n`;
}

async function writeEntry(entry: ArchiveEntry, write: Write): Promise<void> {
  if (entry.extended !== undefined) {
    const text = extendedRecord(entry.extended);
    await writeEntry({ path: 'PaxHeader', type: 'ExtendedHeader', text }, write);
  }
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
  await writeZeros(entry.zeros ?? 0, write);
  if (size % BLOCK !== 0) await write(Buffer.alloc(BLOCK - (size % BLOCK)));
}
