import { randomUUID } from 'node:crypto';
import { mkdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../../../base/directories';
import { archivePack } from '../../../packs/storage/archive-pack';
import { measureFile } from './file-parts';

/** How long an archive stays open after the last part of it was read, ms. */
const IDLE_MS = 30_000;
/** Of the packs that were named last; that of another one is made again from its files. */
const MAX_DIGESTS = 1_000;

/** The files of a pack, as they were stored. */
export interface StoredPack {
  /** They never change: a later registration has another directory. */
  readonly storage: string;
  readonly ref: string;
}

interface PackArchive {
  readonly file: FileHandle;
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** Archives of packs for workers without access to the files. The same files give the same. */
export class PackArchives {
  private readonly open = new Map<string, { archive: Promise<PackArchive>; timer: NodeJS.Timeout | undefined }>();
  private readonly digests = new Map<string, string>();

  /** `directory`: the platform's. */
  constructor(private readonly directory: string) {}

  /** Throws ENOENT where the files have been removed. */
  async digestOf(pack: StoredPack): Promise<string> {
    const digest = this.digests.get(pack.storage) ?? (await this.archiveOf(pack)).digest;
    this.digests.delete(pack.storage); // the oldest is the first
    this.digests.set(pack.storage, digest);
    const [oldest] = this.digests.keys();
    if (oldest !== undefined && this.digests.size > MAX_DIGESTS) this.digests.delete(oldest);
    return digest;
  }

  /** Throws ENOENT. */
  async read(pack: StoredPack, offset: number, maxBytes: number): Promise<{ bytes: Buffer; size: number }> {
    const { file, size } = await this.archiveOf(pack);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, offset);
    return { bytes: buffer.subarray(0, bytesRead), size };
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.keys()].map((storage) => this.closeArchive(storage)));
  }

  private archiveOf({ storage, ref }: StoredPack): Promise<PackArchive> {
    const entry = this.open.get(storage) ?? { archive: this.makeArchive(storage, ref), timer: undefined };
    this.open.set(storage, entry);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void this.closeArchive(storage), IDLE_MS).unref();
    entry.archive.catch(() => this.closeArchive(storage));
    return entry.archive;
  }

  private async makeArchive(storage: string, ref: string): Promise<PackArchive> {
    const directory = temporaryDirectory({ directory: this.directory });
    await mkdir(directory, { recursive: true });
    const file = await archivePack(storage, ref, join(directory, `.archive-${randomUUID()}`));
    return { file, ...(await measureFile(file)) };
  }

  private async closeArchive(storage: string): Promise<void> {
    const entry = this.open.get(storage);
    if (!entry) return;
    this.open.delete(storage);
    clearTimeout(entry.timer);
    const archive = await entry.archive.catch(() => null);
    await archive?.file.close();
  }
}
