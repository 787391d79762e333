import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ignoreCodes } from '../base/error-details';
import { ENVIRONMENT_RUNTIMES, type EnvironmentRuntime } from '../../contract/runtimes';
import { decodeManifest } from './manifest-text';
import { parseRequirementsFile } from './requirements-file';
import { vendoredWheels } from './vendored-files';

/**
 * The dependency manifests of a pack, in the order they are hashed. A later one counts only if the
 * first exists.
 */
const MANIFESTS: Readonly<Record<EnvironmentRuntime, readonly string[]>> = {
  python: ['requirements.txt'],
  nodejs: ['package.json', 'package-lock.json'],
};

/**
 * Content by file name, and the digest of each vendored wheel; empty for a pack without
 * dependencies for this runtime. A lock file contains the digests of vendored archives itself.
 */
export type Manifests = ReadonlyMap<string, Buffer>;

export async function readManifests(packDirectory: string, runtime: EnvironmentRuntime): Promise<Manifests> {
  const found = new Map<string, Buffer>();
  for (const name of MANIFESTS[runtime]) {
    const content = await readFile(join(packDirectory, name)).catch(ignoreCodes('ENOENT'));
    if (content === undefined) break;
    found.set(name, content);
  }
  const requirements = found.get('requirements.txt');
  return requirements ? new Map([...found, ...(await wheelDigests(packDirectory, requirements))]) : found;
}

async function wheelDigests(packDirectory: string, requirements: Buffer): Promise<[string, Buffer][]> {
  const { wheelDirectory } = parseRequirementsFile(decodeManifest(requirements).text ?? '');
  const wheels = wheelDirectory === null ? null : await vendoredWheels(packDirectory, wheelDirectory);
  const digests = (wheels ?? []).map(async (path): Promise<[string, Buffer]> => {
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest();
    return [`${wheelDirectory}/${basename(path)}`, digest];
  });
  return Promise.all(digests);
}

/** 32 hexadecimal digits. `extra`: other inputs of the installation. */
export function hashManifests(manifests: Manifests, extra = ''): string {
  const hash = createHash('sha256').update(extra);
  for (const [name, content] of manifests) hash.update(`${name} ${content.length}\n`).update(content);
  return hash.digest('hex').slice(0, 32);
}

/** Manifest hash by runtime, for those that the pack has a manifest for. */
export async function requiredEnvironments(packDirectory: string): Promise<ReadonlyMap<EnvironmentRuntime, string>> {
  const needed = new Map<EnvironmentRuntime, string>();
  for (const runtime of ENVIRONMENT_RUNTIMES) {
    const manifests = await readManifests(packDirectory, runtime);
    if (manifests.size > 0) needed.set(runtime, hashManifests(manifests));
  }
  return needed;
}
