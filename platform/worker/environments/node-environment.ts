import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../faults';
import type { Preparation } from '../runtimes/runtime';
import { environmentsOf } from '../surroundings';
import { isReady } from './build-node';
import { built } from './shared-builds';

/** What an environment is made of, in the order it is hashed. */
const MANIFESTS = ['package.json', 'package-lock.json'] as const;
export interface NodeEnvironment {
  readonly nodeModules: string;
  /** The pack's files, seen from inside the environment: modules are looked for in its parents. */
  readonly packDirectory: string;
}

/**
 * The pack's own environment, built first when there is none of its manifest's content. When it cannot be built the
 * execution goes on without one and fails by itself; likewise when it is stopped while it waits.
 */
export async function nodeEnvironment(preparation: Preparation, packDirectory: string): Promise<NodeEnvironment> {
  const home = homeOf(preparation);
  const manifests = await manifestsOf(packDirectory);
  const directory = join(home, manifests.size === 0 ? 'none' : hashOf(manifests));
  const usable = manifests.size === 0 || (await isReady(directory)) || (await built(preparation, directory, manifests));
  return linked(usable ? directory : join(home, 'none'), packDirectory);
}

const homeOf = ({ attempt, surroundings }: Preparation): string =>
  join(environmentsOf(surroundings, attempt), attempt.packRef.replace(/[^\w-]/g, '_'), 'nodejs');

/** File name to content. A lock without a manifest is nothing. */
async function manifestsOf(packDirectory: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of MANIFESTS) {
    const content = await readFile(join(packDirectory, name)).catch(absent);
    if (content === null) break;
    found.set(name, content);
  }
  return found;
}

function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

function hashOf(manifests: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, content] of manifests) hash.update(`${name} ${content.length}\n`).update(content);
  return hash.digest('hex').slice(0, 32);
}

/** A link into the pack from inside the environment: an outer project's modules are no parents of it. */
async function linked(directory: string, packDirectory: string): Promise<NodeEnvironment> {
  const link = join(directory, `pack-${createHash('sha256').update(packDirectory).digest('hex').slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  await symlink(packDirectory, link, 'dir').catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  return { nodeModules: join(directory, 'node_modules'), packDirectory: link };
}
