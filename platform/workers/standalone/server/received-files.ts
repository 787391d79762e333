import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyedMutex } from '../../../base/async/keyed-mutex';
import type { SentFile } from '../../rpc/standalone-protocol';
import { appendAt, measureFile } from './file-parts';

const OWNER_ONLY_DIRECTORY = 0o700;

/** A file that an attempt sends. */
interface FileOfAttempt {
  readonly fencingToken: number;
  readonly file: SentFile;
}

interface IncompleteFile {
  readonly path: string;
  readonly digest: string;
  readonly timer: NodeJS.Timeout;
}

interface ReceivedFilesOptions {
  /** On the disk that the files are moved on; no program can reach it. */
  readonly directory: string;
  /** A file of which no part arrives for this long is removed, ms. */
  readonly idleMs: number;
}

/** Files that workers are sending, until they are moved to their place. */
export class ReceivedFiles {
  private readonly inOrder = createKeyedMutex();
  private readonly files = new Map<string, IncompleteFile>();

  constructor(private readonly options: ReceivedFilesOptions) {}

  /**
   * As `appendAt`, up to the size of the file. `accept` comes before the first byte; what it
   * throws is thrown, and nothing is written.
   */
  write(sent: FileOfAttempt, offset: number, bytes: Buffer, accept: () => Promise<void>): Promise<number> {
    return this.inOrder(keyOf(sent), async () => {
      const { path } = (await this.find(sent)) ?? (await this.create(sent, accept));
      await using file = await open(path, 'a');
      return await appendAt(file, offset, bytes, sent.file.size);
    });
  }

  /**
   * Calls `use` with a file that is complete, and forgets it. Returns how much is there: less than
   * its size where it is not complete. A file with another digest is removed: `use` is not called.
   */
  take(sent: FileOfAttempt, use: (path: string) => Promise<void>): Promise<{ size: number; digest: string | null }> {
    return this.inOrder(keyOf(sent), async () => {
      const found = await this.find(sent);
      if (found === null) return { size: 0, digest: null };
      await using file = await open(found.path);
      const { size, digest } = await measureFile(file);
      if (size < sent.file.size) return { size, digest: null };
      try {
        if (digest === sent.file.digest) await use(found.path);
        return { size, digest };
      } finally {
        await this.remove(keyOf(sent));
      }
    });
  }

  /** The attempt has ended: what it has not sent in full is removed. */
  async release(fencingToken: number): Promise<void> {
    const keys = [...this.files.keys()].filter((key) => key.startsWith(`${fencingToken} `));
    for (const key of keys) await this.inOrder(key, () => this.remove(key));
  }

  async close(): Promise<void> {
    for (const key of this.files.keys()) await this.inOrder(key, () => this.remove(key));
  }

  /** Null: there is none, or another one for the same version, which is removed. */
  private async find(sent: FileOfAttempt): Promise<IncompleteFile | null> {
    const found = this.files.get(keyOf(sent));
    found?.timer.refresh();
    if (found?.digest === sent.file.digest) return found;
    await this.remove(keyOf(sent));
    return null;
  }

  private async create(sent: FileOfAttempt, accept: () => Promise<void>): Promise<IncompleteFile> {
    await accept();
    const { directory, idleMs } = this.options;
    await mkdir(directory, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    const key = keyOf(sent);
    const expire = () => void this.inOrder(key, () => this.remove(key));
    const created = {
      path: join(directory, randomUUID()),
      digest: sent.file.digest,
      timer: setTimeout(expire, idleMs).unref(),
    };
    this.files.set(key, created);
    return created;
  }

  private async remove(key: string): Promise<void> {
    const found = this.files.get(key);
    if (found === undefined) return;
    this.files.delete(key);
    clearTimeout(found.timer);
    await rm(found.path, { force: true });
  }
}

const keyOf = ({ fencingToken, file }: FileOfAttempt): string => `${fencingToken} ${file.version}`;
