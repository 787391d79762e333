import { posix } from 'node:path';
import type { DomainError } from '../../base/domain-error';
import { PACK_LIMITS } from '../limits';
import { packError } from '../pack-errors';

const MAX_PATH_LENGTH = 1_024;
/** Of a name in most file systems. */
const MAX_NAME_BYTES = 255;

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/**
 * Why an archive entry may not have this path; null for a valid one. Rejects also look-alikes of
 * `..` and `/`.
 */
export function pathError(path: string): DomainError | null {
  if (path.length > MAX_PATH_LENGTH || path.split('/').length > PACK_LIMITS.depth + 2) {
    return packError('PACK_LIMIT', 'an entry lies too deep', path.slice(0, 100));
  }
  if (path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES))
    return packError('PACK_LIMIT', 'an entry has too long a name', path.slice(0, 100));
  const unsafe = [path, path.normalize('NFKC')].some(isUnsafePath) || CONTROL_CHARACTER.test(path);
  return unsafe ? packError('PACK_UNSAFE_PATH', 'an entry would leave the pack', path) : null;
}

const isUnsafePath = (path: string): boolean =>
  path === '' ||
  path.startsWith('/') ||
  path.includes('\\') ||
  /^[A-Za-z]:/.test(path) ||
  path.split('/').includes('..');

/** Finds entries that are one file where names are compared without case or Unicode form. */
export class NameClashes {
  private readonly names = new Map<string, { path: string; directory: boolean }>();

  /** The error of an entry that clashes with an earlier one, or null. */
  add(path: string, directory: boolean): DomainError | null {
    const clean = posix.normalize(path).replace(/\/$/, '');
    if (clean === '.') return null;
    const parents = clean.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
    const leaf = parents.pop()!;
    const hasClash = parents.some((parent) => !this.isDistinct(parent, true)) || !this.isDistinct(leaf, directory);
    return hasClash ? packError('PACK_UNSAFE_PATH', 'two entries of the archive have one name', path) : null;
  }

  private isDistinct(path: string, directory: boolean): boolean {
    const key = path.normalize('NFKC').toLowerCase();
    const existing = this.names.get(key);
    if (existing === undefined) {
      this.names.set(key, { path, directory });
      return true;
    }
    return existing.path === path && existing.directory && directory;
  }
}
