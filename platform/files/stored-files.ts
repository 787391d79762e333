import { constants, createReadStream } from 'node:fs';
import { lstat, mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { artifactsDirectory } from '../base/directories';
import { ConfinedDirectory, descend, type FileOwner } from './confined-directory';
import { nullIfUnusable, openRegular, type RegularFile } from './regular-file';

/** Bytes that were received in full, in a file that no program can reach. */
export interface ReceivedBytes {
  readonly file: string;
}

export interface FilePlace {
  /** Of the tenant. */
  readonly directory: string;
  /** Of what is created; null: this process. */
  readonly owner: FileOwner | null;
  /** Of the file, below the directory. */
  readonly path: string;
}

/** Of the platform. */
export interface ArtifactsRoot {
  readonly directory: string;
  /** Who owns what programs of a tenant write; absent: this process. */
  readonly userOfPrograms?: (tenant: number) => number;
}

/** A file in the directory where the programs of a tenant write. */
export function placeOfTenant({ directory, userOfPrograms }: ArtifactsRoot, tenant: number, path: string): FilePlace {
  const uid = userOfPrograms?.(tenant);
  const owner = uid === undefined ? null : { uid, gid: uid };
  return { directory: artifactsDirectory({ directory }, { tenant }), owner, path };
}

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

/** A regular file that is open, and its size. Null: there is none. The caller closes it. */
export const openStored = (place: FilePlace): Promise<RegularFile | null> =>
  inDirectoryOf(place, false, (parent, name) => openRegular(parent.entry(name), constants.O_RDONLY));

/** Moves a received body to its place. False: something else is in its way. */
export const replaceStored = async (place: FilePlace, { file }: ReceivedBytes): Promise<boolean> => {
  const isMoved = await inDirectoryOf(place, true, async (parent, name) => {
    await giveFile(file, place.owner);
    return rename(file, parent.entry(name)).then(() => true, nullIfUnusable);
  });
  return isMoved ?? false;
};

/** Appends a received body. False: something else is in its way. */
export const appendStored = async (place: FilePlace, received: ReceivedBytes): Promise<boolean> => {
  const isAppended = await inDirectoryOf(place, true, async (parent, name) => {
    const target = await openRegular(parent.entry(name), APPEND);
    if (target === null) return false;
    const { file, size } = target;
    try {
      if (place.owner !== null) await file.chown(place.owner.uid, place.owner.gid);
      await append(file, size, received);
    } finally {
      await file.close();
    }
    return true;
  });
  return isAppended ?? false;
};

/** False: there is no regular file. */
export const removeStored = async (place: FilePlace): Promise<boolean> => {
  const isRemoved = await inDirectoryOf(place, false, async (parent, name) => {
    const status = await lstat(parent.entry(name)).catch(nullIfUnusable);
    return status?.isFile() ? unlink(parent.entry(name)).then(() => true, nullIfUnusable) : false;
  });
  return isRemoved ?? false;
};

async function giveFile(path: string, owner: FileOwner | null): Promise<void> {
  if (owner === null) return;
  await using file = await open(path);
  await file.chown(owner.uid, owner.gid);
}

/** What was written before an error is cut off again. */
async function append(target: FileHandle, size: number, received: ReceivedBytes): Promise<void> {
  try {
    for await (const chunk of createReadStream(received.file)) await target.appendFile(chunk as Buffer);
  } catch (error) {
    await target.truncate(size);
    throw error;
  }
}

/**
 * Opens the directories of a path one in another. Null: one of them is missing, and not to be
 * created, or is something else.
 */
async function inDirectoryOf<T>(
  { directory, owner, path }: FilePlace,
  isCreated: boolean,
  work: (parent: ConfinedDirectory, name: string) => Promise<T>,
): Promise<T | null> {
  const names = path.split('/');
  const name = names.pop()!;
  await using parent = isCreated
    ? await descend(await openOrCreate(directory, owner), names, (above, each) => above.childOrNew(each, owner))
    : await descend(await ConfinedDirectory.open(directory), names, (above, each) => above.child(each));
  return parent && (await work(parent, name));
}

async function openOrCreate(directory: string, owner: FileOwner | null): Promise<ConfinedDirectory | null> {
  const created = await mkdir(directory, { recursive: true });
  const opened = await ConfinedDirectory.open(directory);
  if (created !== undefined) await opened?.giveTo(owner);
  return opened;
}
