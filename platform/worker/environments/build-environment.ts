import { chmod, mkdir, mkdtemp, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { hostNow } from '../../base/clock';
import { CONTENT_HASH_FILE } from '../../packs/storage/unused-pack-files';
import { errorMessage, ignoreCodes } from '../../base/error-details';
import { withBuildLock } from './build-lock';
import type { InstallerOptions, InstallationResult, Recipe } from './recipe';
import { removeTree } from '../../files/remove-tree';

export interface BuildResult extends InstallationResult {
  readonly seconds: number;
  /** Other environments of this pack and runtime: running attempts may still use them. */
  readonly superseded: readonly string[];
}

/**
 * Builds an environment unless another process has built it before the lock is acquired. Never
 * rejects: a failure is a result. One that is not the installer's is logged, too.
 */
export async function buildEnvironment(
  recipe: Recipe,
  options: InstallerOptions & { readonly log: Logger },
  isRebuild: boolean,
): Promise<BuildResult> {
  const startedAt = hostNow();
  const { directory, runtime } = recipe;
  const toResult = async (installed: InstallationResult) => ({
    ...installed,
    seconds: (hostNow() - startedAt) / 1_000,
    superseded: installed.ok ? await supersededDirectories(directory) : [],
  });
  try {
    await mkdir(dirname(directory), { recursive: true });
    return await withBuildLock(`${directory}.lock`, options.stop, async () => {
      if (!isRebuild && (await recipe.isReady())) return toResult({ ok: true, log: '', failing: null });
      await removeSiblings(directory, (name) => name.startsWith(`${basename(directory)}.`) && !name.endsWith('.lock'));
      return await toResult(await install(recipe, options));
    });
  } catch (error) {
    options.log.error({ err: error, tenant: options.tenant, runtime, directory }, 'could not build an environment');
    return await toResult({ ok: false, log: errorMessage(error), failing: null });
  }
}

const READABLE = 0o755;

async function install(recipe: Recipe, options: InstallerOptions): Promise<InstallationResult> {
  const { directory } = recipe;
  const stagingDirectory = await mkdtemp(`${directory}.building-`);
  try {
    const installed = await recipe.install(stagingDirectory, options);
    if (!installed.ok) return installed;
    await writeFile(join(stagingDirectory, CONTENT_HASH_FILE), recipe.contentHash);
    await chmod(stagingDirectory, READABLE); // programs run as another user
    await moveIntoPlace(stagingDirectory, directory);
    return installed;
  } finally {
    await removeTree(stagingDirectory);
  }
}

const HASH_NAME = /^[0-9a-f]{32}$/;

/** Replaces what was there. When another builder was first, its equal result is kept. */
async function moveIntoPlace(stagingDirectory: string, directory: string): Promise<void> {
  const old = `${stagingDirectory}.old`;
  await rename(directory, old).catch(ignoreCodes('ENOENT'));
  await rename(stagingDirectory, directory).catch(ignoreCodes('EEXIST', 'ENOTEMPTY'));
  await removeTree(old);
}

async function supersededDirectories(directory: string): Promise<string[]> {
  const parent = dirname(directory);
  const names = await readdir(parent);
  return names.filter((name) => HASH_NAME.test(name) && name !== basename(directory)).map((name) => join(parent, name));
}

async function removeSiblings(directory: string, isMatch: (name: string) => boolean): Promise<void> {
  const parent = dirname(directory);
  const names = (await readdir(parent)).filter(isMatch);
  await Promise.all(names.map((name) => removeTree(join(parent, name))));
}
