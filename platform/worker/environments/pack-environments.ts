import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestsOf } from '../../packs/dependency-manifests';
import { codeOf } from '../faults';
import type { Interpreter } from '../runtimes/interpreter';
import type { Preparation } from '../runtimes/runtime';
import { homeOf } from '../surroundings';
import { nodeRecipe } from './node-recipe';
import { pythonIn, pythonRecipe } from './python-recipe';
import type { Needed, Recipe } from './recipe';
import { built } from './shared-builds';

const neededFor = ({ attempt, surroundings }: Preparation, packDirectory: string): Needed => ({
  pack: { tenant: attempt.tenant, packRef: attempt.packRef, packDirectory },
  surroundings,
});

export interface NodeEnvironment {
  readonly nodeModules: string;
  /** The pack's files, seen from inside the environment: modules are looked for in its parents. */
  readonly packDirectory: string;
}

/**
 * The pack's own modules, installed first when there are none of its manifest's content. When that fails the execution
 * goes on without any and fails by itself; likewise when it is stopped while it waits.
 */
export async function nodeEnvironment(preparation: Preparation, packDirectory: string): Promise<NodeEnvironment> {
  const needed = neededFor(preparation, packDirectory);
  const recipe = nodeRecipe(needed, await manifestsOf(packDirectory, 'nodejs'));
  const none = join(homeOf(needed.surroundings, needed.pack, 'nodejs'), 'none');
  const usable = recipe.directory === none || (await isUsable(preparation, needed, recipe));
  return linked(usable ? recipe.directory : none, packDirectory);
}

/**
 * The interpreter of the pack's own environment, built first when there is none. When it cannot be, one that sees no
 * packages at all, so that the action fails by itself; null where not even that can be made.
 */
export async function pythonEnvironment(
  preparation: Preparation,
  packDirectory: string,
  interpreter: Interpreter,
): Promise<string | null> {
  const needed = neededFor(preparation, packDirectory);
  const manifests = await manifestsOf(packDirectory, 'python');
  if (manifests.size > 0) {
    const recipe = pythonRecipe(needed, manifests, interpreter);
    if (await isUsable(preparation, needed, recipe)) return pythonIn(recipe.directory);
  }
  const none = pythonRecipe(needed, new Map(), interpreter);
  return (await isUsable(preparation, needed, none, true)) ? pythonIn(none.directory) : null;
}

/** Built by now, and told in the execution's log and the pack's record; but an environment of nothing is not worth a word. */
async function isUsable(
  { report, note, stop }: Preparation,
  needed: Needed,
  recipe: Recipe,
  isEmpty = false,
): Promise<boolean> {
  if (await recipe.isReady()) return true;
  return built({ needed, recipe, stop, ...(isEmpty ? { report: quiet, note: null } : { report, note }) });
}

const quiet = () => Promise.resolve();

/** A link into the pack from inside the environment: an outer project's modules are no parents of it. */
async function linked(directory: string, packDirectory: string): Promise<NodeEnvironment> {
  const link = join(directory, `pack-${createHash('sha256').update(packDirectory).digest('hex').slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  await symlink(packDirectory, link, 'dir').catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  return { nodeModules: join(directory, 'node_modules'), packDirectory: link };
}
