import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hostNow } from '../../clock';
import { CONTENT_HASH } from '../../packs/spent-files';
import { codeOf, messageOf } from '../faults';
import { underLock } from './build-lock';
import type { Installation, Installed, Recipe } from './recipe';

export interface Built extends Installed {
  readonly seconds: number;
  /** Directories of other environments of this pack and runtime: attempts that began before may still run from them. */
  readonly superseded: readonly string[];
}

/** Builds an environment unless another has by the time it is our turn. Never rejects: a failure is an answer. */
export async function build(recipe: Recipe, installation: Installation, anew: boolean): Promise<Built> {
  const startedAt = hostNow();
  const { directory } = recipe;
  const answer = async (installed: Installed) => ({
    ...installed,
    seconds: (hostNow() - startedAt) / 1_000,
    superseded: installed.ok ? await othersBeside(directory) : [],
  });
  try {
    await mkdir(dirname(directory), { recursive: true });
    return await underLock(`${directory}.lock`, installation.stop, async () => {
      if (!anew && (await recipe.isReady())) return answer({ ok: true, log: '', failing: null });
      await removeSiblings(directory, (name) => name.startsWith(`${basename(directory)}.`) && !name.endsWith('.lock'));
      return await answer(await install(recipe, installation));
    });
  } catch (error) {
    return await answer({ ok: false, log: messageOf(error), failing: null });
  }
}

async function install(recipe: Recipe, installation: Installation): Promise<Installed> {
  const { directory } = recipe;
  const site = await mkdtemp(`${directory}.building-`);
  try {
    const installed = await recipe.install(site, installation);
    if (!installed.ok) return installed;
    await writeFile(join(site, CONTENT_HASH), recipe.contentHash);
    await putInPlace(site, directory);
    return installed;
  } finally {
    await rm(site, { recursive: true, force: true });
  }
}

const HASH = /^[0-9a-f]{32}$/;
const THERE = new Set(['EEXIST', 'ENOTEMPTY']);

/** What stood there before goes, whole or broken. Another builder may have been first after all; its work is as good. */
async function putInPlace(site: string, directory: string): Promise<void> {
  const old = `${site}.old`;
  try {
    await rename(directory, old);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  try {
    await rename(site, directory);
  } catch (error) {
    if (!THERE.has(codeOf(error) ?? '')) throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function othersBeside(directory: string): Promise<string[]> {
  const home = dirname(directory);
  const names = await readdir(home);
  return names.filter((name) => HASH.test(name) && name !== basename(directory)).map((name) => join(home, name));
}

async function removeSiblings(directory: string, which: (name: string) => boolean): Promise<void> {
  const home = dirname(directory);
  const names = (await readdir(home)).filter(which);
  await Promise.all(names.map((name) => rm(join(home, name), { recursive: true, force: true })));
}
