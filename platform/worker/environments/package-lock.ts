import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { vendoredArchive } from '../../packs/vendored-files';
import { parseManifest } from './parse-manifest';

interface LockSettings {
  readonly packDirectory: string;
  /** Null: npm's default. */
  readonly registry: string | null;
}

const VENDORED = /^file:([^:\\]+\.tgz)$/;

/**
 * A pack's `package-lock.json` as npm gets it. Archives of the pack (`file:`, relative to its
 * root) get their absolute path; a configured registry replaces them. `rejected`: the first entry
 * that names another source; null: none.
 */
export async function preparePackageLock(
  text: string,
  settings: LockSettings,
): Promise<{ readonly text: string; readonly rejected: string | null }> {
  const lock = parseManifest(text);
  if (!isObject(lock)) return { text, rejected: 'what is not JSON' }; // npm would repair it
  for (const [name, entry] of lockEntries(lock)) {
    if (!(await prepareEntry(name, entry, settings))) return { text, rejected: describeEntry(name, entry) };
  }
  return { text: JSON.stringify(lock), rejected: null };
}

/** False: the entry is rejected. */
async function prepareEntry(
  name: string,
  entry: JsonObject,
  { packDirectory, registry }: LockSettings,
): Promise<boolean> {
  if (entry.link === true || name.split('/').includes('..') || !isVersion(entry.version)) return false;
  const { resolved = null, integrity } = entry;
  if (resolved === null) return true;
  if (typeof resolved !== 'string') return false;
  const [, archive] = VENDORED.exec(resolved) ?? [];
  if (archive === undefined) return /^https?:/.test(resolved);
  const path = await vendoredArchive(packDirectory, archive);
  if (path === null || typeof integrity !== 'string') return false;
  if (registry === null) entry.resolved = `file:${path}`;
  else delete entry.resolved;
  return true;
}

/** Not the address of a repository or file, which old formats have in its place. */
const isVersion = (version: Json | undefined): boolean =>
  typeof version !== 'string' || !/[:/\\]/.test(version.replace(/^npm:(@[^/]+\/)?/, ''));

/** The packages of a lock file by name or path, of all versions of the format. */
function lockEntries(lock: Json): [string, JsonObject][] {
  const groups = isObject(lock) ? [lock.packages, lock.dependencies] : [];
  return groups
    .flatMap((group) => Object.entries(isObject(group) ? group : {}))
    .flatMap(([name, entry]): [string, JsonObject][] =>
      isObject(entry) ? [[name, entry], ...lockEntries({ dependencies: entry.dependencies ?? null })] : [],
    );
}

const describeEntry = (name: string, { resolved, version }: JsonObject): string =>
  `${name}@${JSON.stringify(resolved ?? version ?? 'link')}`;
