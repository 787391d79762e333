import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENVIRONMENT_RUNTIMES, type EnvironmentRuntime } from '../../contract/environments';

/** The files of a pack that name its dependencies, in the order they are hashed. One after the first is nothing without it. */
const MANIFESTS: Readonly<Record<EnvironmentRuntime, readonly string[]>> = {
  python: ['requirements.txt'],
  nodejs: ['package.json', 'package-lock.json'],
};

/** File name to content; empty for a pack that needs nothing of this runtime. */
export type Manifests = ReadonlyMap<string, Buffer>;

export async function manifestsOf(packDirectory: string, runtime: EnvironmentRuntime): Promise<Manifests> {
  const found = new Map<string, Buffer>();
  for (const name of MANIFESTS[runtime]) {
    const content = await readFile(join(packDirectory, name)).catch(absent);
    if (content === null) break;
    found.set(name, content);
  }
  return found;
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}

/** The same for the same content, 32 hexadecimal digits. `more`: what else decides what is installed. */
export function hashOf(manifests: Manifests, more = ''): string {
  const hash = createHash('sha256').update(more);
  for (const [name, content] of manifests) hash.update(`${name} ${content.length}\n`).update(content);
  return hash.digest('hex').slice(0, 32);
}

/** Runtime to hash, of those that the pack has a manifest for. */
export async function neededEnvironments(packDirectory: string): Promise<ReadonlyMap<EnvironmentRuntime, string>> {
  const needed = new Map<EnvironmentRuntime, string>();
  for (const runtime of ENVIRONMENT_RUNTIMES) {
    const manifests = await manifestsOf(packDirectory, runtime);
    if (manifests.size > 0) needed.set(runtime, hashOf(manifests));
  }
  return needed;
}
