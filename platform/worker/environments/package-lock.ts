import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { decodeManifest } from '../../packs/manifest-text';
import { vendoredArchive } from '../../packs/vendored-files';

interface LockSettings {
  readonly packDirectory: string;
  /** Null: npm's default. */
  readonly registry: string | null;
  /** Those that `package.json` still has. */
  readonly peers: JsonObject;
}

const VENDORED = /^file:([^:\\]+\.tgz)$/;

/**
 * A pack's `package-lock.json` as npm gets it: without what is for development only. Archives of
 * the pack (`file:`, relative to its root) get their absolute path; a configured registry replaces
 * them. `rejected`: the first entry that names another source; null: none.
 */
export async function preparePackageLock(
  content: Buffer,
  settings: LockSettings,
): Promise<{ readonly text: string; readonly rejected: string | null }> {
  const parsed = parseLock(content);
  if (parsed === null) return { text: '', rejected: 'what is not JSON' }; // npm would repair it
  const lock = productionLock(parsed, settings.peers);
  for (const [name, entry] of lockEntries(lock)) {
    if (!(await prepareEntry(name, entry, settings))) return { text: '', rejected: describeEntry(name, entry) };
  }
  return { text: writeJson(lock), rejected: null };
}

function parseLock(content: Buffer): JsonObject | null {
  try {
    const lock = parseJsonText(decodeManifest(content).text ?? '') as Json;
    return isObject(lock) ? lock : null;
  } catch {
    return null;
  }
}

const GROUPS = ['packages', 'dependencies'] as const;

/** The lock of what `package.json` has after its packages for development are removed. */
function productionLock(lock: JsonObject, peers: JsonObject): JsonObject {
  const production = { ...lock };
  for (const name of GROUPS) {
    const group = lock[name];
    if (isObject(group)) production[name] = withoutDevelopment(group);
  }
  const root = isObject(production.packages) ? production.packages[''] : undefined;
  if (isObject(root)) Object.assign(root, { devDependencies: {}, peerDependencies: peers });
  return production;
}

/** A link is for what its directory is for, which has an entry of its own. */
function isForDevelopment(entry: Json, group: JsonObject): boolean {
  if (!isObject(entry)) return false;
  const target = entry.link === true && typeof entry.resolved === 'string' ? group[entry.resolved] : undefined;
  return entry.dev === true || (isObject(target) && target.dev === true);
}

/** Without packages that only those for development need, at any depth. */
function withoutDevelopment(group: JsonObject): JsonObject {
  const needed = Object.entries(group).filter(([, entry]) => !isForDevelopment(entry, group));
  return Object.fromEntries(
    needed.map(([name, entry]) => {
      const nested = isObject(entry) ? entry.dependencies : undefined;
      return [
        name,
        isObject(entry) && isObject(nested) ? { ...entry, dependencies: withoutDevelopment(nested) } : entry,
      ];
    }),
  );
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
  `${name}@${writeJson(resolved ?? version ?? 'link')}`;
