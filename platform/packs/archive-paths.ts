import { posix } from 'node:path';
import type { Refusal } from '../refusal';
import { PACK_LIMITS } from './limits';
import { refusedPack } from './problems';

const MAX_PATH = 1_024;

const CONTROL = /[\u0000-\u001f\u007f]/;

/** Why an archive's entry may not have this path; null where it may. Also refuses what only looks like `..` or `/`. */
export function pathRefusal(path: string): Refusal | null {
  if (path.length > MAX_PATH || path.split('/').length > PACK_LIMITS.depth + 2) {
    return refusedPack('PACK_LIMIT', 'an entry lies too deep', path.slice(0, 100));
  }
  const unsafe = [path, path.normalize('NFKC')].some(leaves) || CONTROL.test(path);
  return unsafe ? refusedPack('PACK_UNSAFE_PATH', 'an entry would leave the pack', path) : null;
}

const leaves = (path: string): boolean =>
  path === '' ||
  path.startsWith('/') ||
  path.includes('\\') ||
  /^[A-Za-z]:/.test(path) ||
  path.split('/').includes('..');

/** Finds entries that would fall onto each other where case or Unicode form do not tell names apart. */
export class NameClashes {
  private readonly names = new Map<string, { path: string; directory: boolean }>();

  /** The refusal of an entry that clashes with one before it, or null. */
  add(path: string, directory: boolean): Refusal | null {
    const clean = posix.normalize(path).replace(/\/$/, '');
    if (clean === '.') return null;
    const parents = clean.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
    const own = parents.pop()!;
    const clash = parents.some((parent) => !this.fits(parent, true)) || !this.fits(own, directory);
    return clash ? refusedPack('PACK_UNSAFE_PATH', 'two entries of the archive have one name', path) : null;
  }

  private fits(path: string, directory: boolean): boolean {
    const key = path.normalize('NFKC').toLowerCase();
    const before = this.names.get(key);
    if (before === undefined) {
      this.names.set(key, { path, directory });
      return true;
    }
    return before.path === path && before.directory && directory;
  }
}
