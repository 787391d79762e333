import { constants } from 'node:fs';
import { mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { ignoreCodes } from '../error-details';
import { isBelow } from './is-below';
import { nullIfUnusable } from './regular-file';

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

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
