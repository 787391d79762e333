import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifests } from '../../packs/dependency-manifests';
import { ignoreCodes } from '../../base/error-details';
import type { Interpreter } from '../runtimes/interpreter';
import type { Preparation } from '../runtimes/runtime';
import { packEnvironmentsDirectory } from '../../base/directories';
import { nodeRecipe } from './node-recipe';
import { pythonPath } from './install-requirements';
import { pythonRecipe } from './python-recipe';
import type { EnvironmentSpec, Recipe } from './recipe';
import { ensureEnvironment } from './shared-builds';

const environmentSpec = ({ attempt, workerContext }: Preparation, packDirectory: string): EnvironmentSpec => ({
  pack: { tenant: attempt.tenant, packRef: attempt.packRef, packDirectory },
  workerContext,
});

interface NodeEnvironment {
  readonly nodeModules: string;
  /**
   * A link to the pack inside the environment: Node searches modules in its parent directories.
   */
  readonly packDirectory: string;
}

/**
 * The pack's own modules, installed first when its manifest's content was not installed yet. When
 * the installation fails or is stopped, the execution continues without modules and fails by
 * itself.
 */
export async function nodeEnvironment(preparation: Preparation, packDirectory: string): Promise<NodeEnvironment> {
  const spec = environmentSpec(preparation, packDirectory);
  const recipe = nodeRecipe(spec, await readManifests(packDirectory, 'nodejs'));
  const emptyDirectory = join(packEnvironmentsDirectory(spec.workerContext, spec.pack, 'nodejs'), 'none');
  const isUsable = recipe.directory === emptyDirectory || (await ensureUsable(preparation, spec, recipe));
  return linkPack(isUsable ? recipe.directory : emptyDirectory, packDirectory);
}

/**
 * The interpreter of the pack's own environment, built first when there is none. When the build
 * fails: the interpreter of an empty environment, so that the action fails by itself; null where
 * that cannot be built either.
 */
export async function pythonEnvironment(
  preparation: Preparation,
  packDirectory: string,
  interpreter: Interpreter,
): Promise<string | null> {
  const spec = environmentSpec(preparation, packDirectory);
  const manifests = await readManifests(packDirectory, 'python');
  if (manifests.size > 0) {
    const recipe = pythonRecipe(spec, manifests, interpreter);
    if (await ensureUsable(preparation, spec, recipe)) return pythonPath(recipe.directory);
  }
  const emptyRecipe = pythonRecipe(spec, new Map(), interpreter);
  return (await ensureUsable(preparation, spec, emptyRecipe, true)) ? pythonPath(emptyRecipe.directory) : null;
}

/**
 * Builds the environment when it is missing, and reports the build in the execution's log and the
 * pack's record. The build of an empty environment is not reported.
 */
async function ensureUsable(
  { reportEnvironment, appendLog, stop }: Preparation,
  spec: EnvironmentSpec,
  recipe: Recipe,
  isEmpty = false,
): Promise<boolean> {
  if (await recipe.isReady()) return true;
  return ensureEnvironment({
    spec,
    recipe,
    stop,
    ...(isEmpty ? { reportEnvironment: skipReport, appendLog: null } : { reportEnvironment, appendLog }),
  });
}

const skipReport = () => Promise.resolve();

/** Links the pack into the environment, so that modules of an outer project are not found. */
async function linkPack(directory: string, packDirectory: string): Promise<NodeEnvironment> {
  const link = join(directory, `pack-${createHash('sha256').update(packDirectory).digest('hex').slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  await symlink(packDirectory, link, 'dir').catch(ignoreCodes('EEXIST'));
  return { nodeModules: join(directory, 'node_modules'), packDirectory: link };
}
