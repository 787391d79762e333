import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, Parser, type ReadEntry } from 'tar';
import type { DomainError } from '../../base/domain-error';
import { NameClashes, pathError } from './archive-paths';
import { PACK_LIMITS } from '../limits';
import { MANIFEST_FILE } from '../read/manifest';
import { packError, unsafeEntry } from '../pack-errors';

const FILE_ENTRY_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);
const SETUID_SETGID_BITS = 0o6000;
const GZIP_MAGIC = [0x1f, 0x8b];

/** Tar headers and padding, beside the files' own bytes. */
const TAR_OVERHEAD_BYTES = PACK_LIMITS.entries * 2_048;

/**
 * Unpacks a gzip tar into an empty directory and returns the pack's root in it: the directory of
 * pack.yaml, at the top or one level down. The archive is checked as a whole before anything is
 * written. Throws DomainError 400: PACK_BAD_ARCHIVE, PACK_UNSAFE_PATH, PACK_UNSAFE_ENTRY,
 * PACK_LIMIT, PACK_NO_MANIFEST.
 */
export async function unpackArchive(archive: string, into: string): Promise<string> {
  await extractFiles(archive, into, await inspectArchive(archive));
  return findPackRoot(into);
}

/** Passes the inflated archive on, chunk by chunk. */
const inflate = (archive: string, write: (chunk: Buffer) => void | Promise<void>): Promise<void> =>
  pipeline(createReadStream(archive), createGunzip(), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) await write(chunk);
  });

/** Writes the files in the first `length` inflated bytes of an inspected archive. */
async function extractFiles(archive: string, into: string, length: number): Promise<void> {
  const files = extract({ cwd: into, strict: true, preserveOwner: false, noMtime: true });
  const closed = once(files, 'close');
  let left = length;
  const write = async (chunk: Buffer) => {
    const used = chunk.subarray(0, left);
    left -= used.length;
    if (used.length > 0 && !files.write(used)) await Promise.race([once(files, 'drain'), closed]);
  };
  await Promise.race([inflate(archive, write), closed]);
  files.end();
  await closed;
}

/**
 * Reads the whole archive and writes nothing. Returns the number of inflated bytes up to its end.
 * Throws what `unpackArchive` throws.
 */
async function inspectArchive(archive: string): Promise<number> {
  const inspector = new ArchiveInspector();
  try {
    await inflate(archive, (chunk) => inspector.write(chunk));
    return inspector.end();
  } catch (error) {
    // The streams report how they were stopped; the error in the archive is the cause.
    if (inspector.error) throw inspector.error;
    throw isZlibError(error) ? badArchive('it is not gzip, or cut short') : error;
  }
}

/** One pass over an archive. The call that finds the first error throws it. */
class ArchiveInspector {
  error: DomainError | null = null;
  private inflatedBytes = 0;
  private usedBytes = 0;
  private hasEnded = false;
  private fileBytes = 0;
  private entries = 0;
  private readonly clashes = new NameClashes();
  private readonly parser = new Parser({ strict: true, onReadEntry: (entry) => this.inspectEntry(entry) });

  constructor() {
    this.parser.on('eof', () => (this.hasEnded = true));
    this.parser.on('error', () => this.reject(badArchive('it is not a tar archive')));
    // Entry types that the library does not unpack; the final size of a sparse file is unknown.
    this.parser.on('ignoredEntry', (entry: ReadEntry) =>
      this.reject(entry.type === 'SparseFile' ? tooLarge(entry.path) : unsafeEntry(entry.path)),
    );
  }

  write(chunk: Buffer): void {
    if (this.inflatedBytes === 0 && GZIP_MAGIC.every((byte, at) => chunk[at] === byte)) {
      this.reject(badArchive('it is compressed twice'));
    }
    this.inflatedBytes += chunk.length;
    if (this.inflatedBytes > PACK_LIMITS.totalBytes + TAR_OVERHEAD_BYTES) this.reject(tooLarge('the archive'));
    if (!this.error && !this.hasEnded) this.parse(chunk);
    if (this.error) throw this.error;
  }

  /**
   * The parser keeps what follows the end, and copies it with every further chunk: it gets none.
   */
  private parse(chunk: Buffer): void {
    this.usedBytes += chunk.length;
    this.parser.write(chunk);
  }

  end(): number {
    if (this.inflatedBytes > 0) this.parser.end();
    if (this.entries === 0) this.reject(badArchive('it has no entries'));
    if (this.error) throw this.error;
    return this.usedBytes;
  }

  private inspectEntry(entry: ReadEntry): void {
    const error = this.entryError(entry);
    if (error) this.reject(error);
    entry.resume();
  }

  private reject(error: DomainError): void {
    this.error ??= error;
  }

  private entryError(entry: ReadEntry): DomainError | null {
    const directory = entry.type === 'Directory';
    const path = pathError(entry.path);
    if (path) return path;
    if (!directory && !FILE_ENTRY_TYPES.has(entry.type)) return unsafeEntry(entry.path);
    if (entry.linkpath !== undefined && entry.linkpath !== '') return unsafeEntry(entry.path);
    if (!directory && ((entry.mode ?? 0) & SETUID_SETGID_BITS) !== 0) return unsafeEntry(entry.path);
    this.fileBytes += entry.size;
    if (entry.size > PACK_LIMITS.entryBytes || this.fileBytes > PACK_LIMITS.totalBytes) return tooLarge(entry.path);
    if (++this.entries > PACK_LIMITS.entries) {
      return packError('PACK_LIMIT', `the archive has more than ${PACK_LIMITS.entries} entries`);
    }
    return this.clashes.add(entry.path, directory);
  }
}

async function findPackRoot(directory: string): Promise<string> {
  if (existsSync(join(directory, MANIFEST_FILE))) return directory;
  const below = await readdir(directory, { withFileTypes: true });
  const roots = below.filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, MANIFEST_FILE)));
  if (roots.length === 1) return join(directory, roots[0]!.name);
  const why = roots.length === 0 ? 'no pack.yaml at its root or one directory down' : 'more than one pack.yaml';
  throw packError('PACK_NO_MANIFEST', `the archive has ${why}`);
}

const isZlibError = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_');

const badArchive = (why: string) => packError('PACK_BAD_ARCHIVE', `the archive cannot be read: ${why}`);
const tooLarge = (path: string) => packError('PACK_LIMIT', 'the archive is too large', path);
