import type { Dirent } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { ConfinedDirectory } from './confined-directory';
import { nullIfUnusable } from './regular-file';

/** Entries of a directory that are looked at together. */
const PORTION = 64;
/** Of `Stats.blocks`. */
const BLOCK_BYTES = 512;

/**
 * Is given each directory of a tree once, while it is open, with its entries; `above`: the names
 * on the way to it.
 */
type Visit = (
  directory: ConfinedDirectory,
  entries: readonly Dirent<Buffer>[],
  above: readonly Buffer[],
) => Promise<void>;

/** A directory on the way to the one that is open. */
interface Level {
  readonly name: Buffer;
  readonly identity: string;
  /** Directories in it that were not visited. */
  readonly pending: Buffer[];
}

/**
 * Visits a directory and those below it, at any depth, with one of them open at a time. It follows
 * no link. Programs that are not trusted may write there: what they move meanwhile may be missed.
 */
export async function walkTree(path: string, visit: Visit): Promise<void> {
  let current = await ConfinedDirectory.openClosed(path);
  if (current === null) return;
  const levels: Level[] = [];
  try {
    levels.push(await enter(current, Buffer.from('.'), [], visit));
    while (levels.length > 0) {
      const name = levels.at(-1)!.pending.pop();
      if (name !== undefined) {
        const child = await ConfinedDirectory.openClosed(current.entryOfBytes(name));
        if (child === null) continue;
        await current[Symbol.asyncDispose]();
        current = child;
        levels.push(await enter(current, name, levels, visit));
        continue;
      }
      levels.pop();
      if (levels.length === 0) return;
      const above: ConfinedDirectory | null = await leave(current, path, levels);
      if (above === null) return;
      await current[Symbol.asyncDispose]();
      current = above;
    }
  } finally {
    await current[Symbol.asyncDispose]();
  }
}

async function enter(
  directory: ConfinedDirectory,
  name: Buffer,
  levels: readonly Level[],
  visit: Visit,
): Promise<Level> {
  const entries = await directory.entries();
  const above = levels.length === 0 ? [] : [...levels.slice(1).map((level) => level.name), name];
  await visit(directory, entries, above);
  const pending = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return { name, identity: await directory.identity(), pending };
}

/**
 * The directory of the last level, from the one below it. Where that was moved, it is opened again
 * by its path; levels that are gone are dropped.
 */
async function leave(below: ConfinedDirectory, path: string, levels: Level[]): Promise<ConfinedDirectory | null> {
  const parent = await below.parent();
  if (parent !== null && (await parent.identity()) === levels.at(-1)!.identity) return parent;
  await parent?.[Symbol.asyncDispose]();
  let current = await ConfinedDirectory.openClosed(path);
  for (const [depth, { name, identity }] of levels.entries()) {
    const next: ConfinedDirectory | null =
      depth === 0 ? current : current && (await ConfinedDirectory.openClosed(current.entryOfBytes(name)));
    const isSame: boolean = next !== null && (await next.identity()) === identity;
    if (isSame) {
      if (depth > 0) await current?.[Symbol.asyncDispose]();
      current = next;
      continue;
    }
    if (depth > 0) await next?.[Symbol.asyncDispose]();
    levels.splice(depth);
    break;
  }
  return levels.length === 0 ? null : current;
}

export interface TreeSize {
  /** On the disk: of a sparse file, what it has. */
  readonly bytes: number;
  /** Everything but directories. */
  readonly files: number;
  readonly directories: number;
}

/** What is below a directory; a file with several names in it is counted once. */
export async function measureTree(path: string): Promise<TreeSize> {
  const linked = new Set<string>();
  const size = { bytes: 0, files: 0, directories: 0 };
  const count = async (file: Buffer): Promise<void> => {
    const stats = await lstat(file).catch(nullIfUnusable);
    if (stats === null) return;
    const identity = `${stats.dev}.${stats.ino}`;
    if (stats.nlink > 1 && linked.has(identity) && !stats.isDirectory()) return;
    if (stats.nlink > 1) linked.add(identity);
    size.bytes += stats.blocks * BLOCK_BYTES;
    size[stats.isDirectory() ? 'directories' : 'files']++;
  };
  await walkTree(path, async (directory, entries) => {
    for (let offset = 0; offset < entries.length; offset += PORTION)
      await Promise.all(entries.slice(offset, offset + PORTION).map(({ name }) => count(directory.entryOfBytes(name))));
  });
  return size;
}
