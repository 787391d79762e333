import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { ignoreCodes } from '../base/error-details';
import { isBelow } from './is-below';
import { nullIfUnusable } from './regular-file';

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Of open(2): names a file without the right to read it. */
const O_PATH = 0o10000000;
const OWNER_ONLY = 0o700;

/** Of files and directories that are created. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A directory in which programs that are not trusted may write: it is opened, and its entries are
 * named by its descriptor, so that nothing that they exchange on the way is followed.
 */
export class ConfinedDirectory implements AsyncDisposable {
  private constructor(private readonly handle: FileHandle) {}

  /** Null: no directory. */
  static async open(path: string | Buffer): Promise<ConfinedDirectory | null> {
    const handle = await open(path, DIRECTORY_FLAGS).catch(nullIfUnusable);
    return handle && new ConfinedDirectory(handle);
  }

  /**
   * The same of a directory that its owner, who is the user of this process, has closed to itself:
   * it is opened to the owner again.
   */
  static async openClosed(path: string | Buffer): Promise<ConfinedDirectory | null> {
    const opened = await ConfinedDirectory.open(path);
    if (opened !== null) return opened;
    const handle = await open(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(nullIfUnusable);
    if (handle === null) return null;
    try {
      const own = `/proc/self/fd/${handle.fd}`;
      await chmod(own, OWNER_ONLY).catch(ignoreCodes('EPERM', 'EACCES'));
      return await ConfinedDirectory.open(`${own}/.`);
    } finally {
      await handle.close();
    }
  }

  /** Lets the user of this process write in it, where that is its owner. */
  async unlock(): Promise<void> {
    await this.handle.chmod(OWNER_ONLY).catch(ignoreCodes('EPERM'));
  }

  /** The directory that this one is in now. */
  parent(): Promise<ConfinedDirectory | null> {
    return ConfinedDirectory.open(this.entry('..'));
  }

  /** Names the directory, as long as it exists. */
  async identity(): Promise<string> {
    const { dev, ino } = await this.handle.stat({ bigint: true });
    return `${dev}.${ino}`;
  }

  /** The path of an entry, while this directory is open. */
  entry(name: string): string {
    return `/proc/self/fd/${this.handle.fd}/${name}`;
  }

  /** The same of a name that may be no text. */
  entryOfBytes(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(this.entry('')), name]);
  }

  entries(): Promise<Dirent<Buffer>[]> {
    return readdir(this.entry('.'), { encoding: 'buffer', withFileTypes: true });
  }

  /** A directory in this one; null: there is none. */
  child(name: string): Promise<ConfinedDirectory | null> {
    return ConfinedDirectory.open(this.entry(name));
  }

  /** The same, created for an owner where nothing has its name; null: the process owns it. */
  async childOrNew(name: string, owner: FileOwner | null): Promise<ConfinedDirectory | null> {
    const created = await mkdir(this.entry(name)).then(() => true, ignoreCodes('EEXIST', 'EACCES'));
    const child = await this.child(name);
    if (created && child) await child.giveTo(owner);
    return child;
  }

  async giveTo(owner: FileOwner | null): Promise<void> {
    if (owner !== null) await this.handle.chown(owner.uid, owner.gid);
  }

  /** Whether it is the directory of this path, or below it. */
  isBelow(directory: string): Promise<boolean> {
    return isBelow(this.handle, directory);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.handle.close();
  }
}

/**
 * Opens directories one in another, each as `open` does, and closes those on the way. Null: one of
 * them is missing, or is something else.
 */
export async function descend(
  start: ConfinedDirectory | null,
  names: readonly string[],
  open: (parent: ConfinedDirectory, name: string) => Promise<ConfinedDirectory | null>,
): Promise<ConfinedDirectory | null> {
  let current = start;
  for (const name of names) {
    await using parent = current;
    if (parent === null) return null;
    current = await open(parent, name);
  }
  return current;
}
