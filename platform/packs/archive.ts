import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, Parser, type ReadEntry } from 'tar';
import type { Refusal } from '../refusal';
import { NameClashes, pathRefusal } from './archive-paths';
import { PACK_LIMITS } from './limits';
import { MANIFEST } from './manifest';
import { refusedPack } from './problems';

const FILES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile']);
const SET_ID = 0o6000;
const GZIP = [0x1f, 0x8b];

/** Room for headers and padding beside the files' own bytes. */
const FRAME_BYTES = PACK_LIMITS.entries * 2_048;

/**
 * Unpacks a gzip tar into an empty directory and answers the pack's root in it: where pack.yaml is, at the top or one
 * directory down. The archive is read through once before anything is written. Throws Refusal 400: PACK_BAD_ARCHIVE,
 * PACK_UNSAFE_PATH, PACK_UNSAFE_ENTRY, PACK_LIMIT, PACK_NO_MANIFEST.
 */
export async function unpack(archive: string, into: string): Promise<string> {
  await inspect(archive);
  await extract({ file: archive, cwd: into, strict: true, preserveOwner: false, noMtime: true });
  return rootIn(into);
}

/** Reads the whole archive, writing nothing. Throws what `unpack` throws. */
async function inspect(archive: string): Promise<void> {
  const inspection = new Inspection();
  try {
    await pipeline(createReadStream(archive), createGunzip(), async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) inspection.take(chunk);
    });
    inspection.end();
  } catch (error) {
    // What stopped the streams first is what they report; what was found in the archive is the cause.
    if (inspection.refusal) throw inspection.refusal;
    throw isZlib(error) ? badArchive('it is not gzip, or cut short') : error;
  }
}

/** One pass over an archive. The first thing wrong with it is thrown by the call that met it. */
class Inspection {
  refusal: Refusal | null = null;
  private inflatedBytes = 0;
  private fileBytes = 0;
  private entries = 0;
  private readonly clashes = new NameClashes();
  private readonly parser = new Parser({ strict: true, onReadEntry: (entry) => this.look(entry) });

  constructor() {
    this.parser.on('error', () => this.refuse(badArchive('it is not a tar archive')));
    // Kinds that the library does not unpack; of a sparse one nobody knows how large it would become.
    this.parser.on('ignoredEntry', (entry: ReadEntry) =>
      this.refuse(entry.type === 'SparseFile' ? tooLarge(entry.path) : unsafe(entry.path)),
    );
  }

  take(chunk: Buffer): void {
    if (this.inflatedBytes === 0 && GZIP.every((byte, at) => chunk[at] === byte)) {
      this.refuse(badArchive('it is compressed twice'));
    }
    this.inflatedBytes += chunk.length;
    if (this.inflatedBytes > PACK_LIMITS.totalBytes + FRAME_BYTES) this.refuse(tooLarge('the archive'));
    if (!this.refusal) this.parser.write(chunk);
    if (this.refusal) throw this.refusal;
  }

  end(): void {
    if (this.inflatedBytes > 0) this.parser.end();
    if (this.entries === 0) this.refuse(badArchive('it has no entries'));
    if (this.refusal) throw this.refusal;
  }

  private look(entry: ReadEntry): void {
    const refusal = this.refusalOf(entry);
    if (refusal) this.refuse(refusal);
    entry.resume();
  }

  private refuse(refusal: Refusal): void {
    this.refusal ??= refusal;
  }

  private refusalOf(entry: ReadEntry): Refusal | null {
    const directory = entry.type === 'Directory';
    const path = pathRefusal(entry.path);
    if (path) return path;
    if (!directory && !FILES.has(entry.type)) return unsafe(entry.path);
    if (!directory && ((entry.mode ?? 0) & SET_ID) !== 0) return unsafe(entry.path);
    this.fileBytes += entry.size;
    if (entry.size > PACK_LIMITS.entryBytes || this.fileBytes > PACK_LIMITS.totalBytes) return tooLarge(entry.path);
    if (++this.entries > PACK_LIMITS.entries) {
      return refusedPack('PACK_LIMIT', `the archive has more than ${PACK_LIMITS.entries} entries`);
    }
    return this.clashes.add(entry.path, directory);
  }
}

async function rootIn(directory: string): Promise<string> {
  if (existsSync(join(directory, MANIFEST))) return directory;
  const below = await readdir(directory, { withFileTypes: true });
  const roots = below.filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, MANIFEST)));
  if (roots.length === 1) return join(directory, roots[0]!.name);
  const why = roots.length === 0 ? 'no pack.yaml at its root or one directory down' : 'more than one pack.yaml';
  throw refusedPack('PACK_NO_MANIFEST', `the archive has ${why}`);
}

const isZlib = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_');

const badArchive = (why: string) => refusedPack('PACK_BAD_ARCHIVE', `the archive cannot be read: ${why}`);
const tooLarge = (path: string) => refusedPack('PACK_LIMIT', 'the archive is too large', path);
const unsafe = (path: string) =>
  refusedPack('PACK_UNSAFE_ENTRY', `${path} is neither a plain file nor a directory`, path);
