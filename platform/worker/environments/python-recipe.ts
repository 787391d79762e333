import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashManifests, type Manifests } from '../../packs/dependency-manifests';
import { resolvesToFile } from '../../base/host/path-checks';
import type { Interpreter } from '../runtimes/interpreter';
import { environmentsDirectory, packEnvironmentsDirectory, sharedPipDirectory } from '../../base/directories';
import { installRequirements, pythonPath } from './install-requirements';
import type { InstallerOptions, InstallationResult, EnvironmentSpec, Recipe } from './recipe';
import { runInstaller } from './run-installer';

/** Builds a virtual environment for the pack; without a manifest, one without any packages. */
export function pythonRecipe(
  { pack, workerContext }: EnvironmentSpec,
  manifests: Manifests,
  interpreter: Interpreter,
): Recipe {
  const interpreterId = `${interpreter.version} ${interpreter.path}\n`;
  const name = manifests.size === 0 ? `none-${interpreter.version}` : hashManifests(manifests, interpreterId);
  const directory = join(packEnvironmentsDirectory(workerContext, pack, 'python'), name);
  const tenantEnvironments = environmentsDirectory(workerContext, pack);
  const settings = {
    index: workerContext.pythonIndex,
    packDirectory: pack.packDirectory,
    cache: join(tenantEnvironments, '.pip'),
    pip: sharedPipDirectory(workerContext, createHash('sha256').update(interpreterId).digest('hex').slice(0, 12)),
  };
  return {
    runtime: 'python',
    contentHash: hashManifests(manifests),
    directory,
    isReady: () => resolvesToFile(pythonPath(directory)),
    install: async (stagingDirectory, options) => {
      const venv = await createVenv(interpreter, stagingDirectory, options);
      const [requirements] = manifests.values();
      if (!venv.ok || requirements === undefined) return venv;
      const installed = await installRequirements(interpreter, stagingDirectory, requirements, settings, options);
      if (installed.ok) await rewriteScriptPaths(stagingDirectory, directory);
      return installed;
    },
  };
}

/**
 * Creates an environment without pip: all environments share one, which takes seconds to create.
 */
async function createVenv(
  { path }: Interpreter,
  stagingDirectory: string,
  options: InstallerOptions,
): Promise<InstallationResult> {
  const args = ['-I', '-m', 'venv', '--copies', '--without-pip', stagingDirectory];
  const step = { command: path, args, cwd: dirname(stagingDirectory), writable: [stagingDirectory] };
  return { ...(await runInstaller(step, options)), failing: null };
}

const MAX_SCRIPT_BYTES = 64 * 1_024;

/**
 * Scripts contain the interpreter's absolute path, and the environment is moved after its build.
 */
async function rewriteScriptPaths(stagingDirectory: string, directory: string): Promise<void> {
  const bin = join(stagingDirectory, 'bin');
  for (const name of await readdir(bin)) {
    const path = join(bin, name);
    const stats = await lstat(path);
    if (!stats.isFile() || stats.size > MAX_SCRIPT_BYTES) continue;
    const bytes = await readFile(path);
    if (bytes.includes(0) || !bytes.includes(stagingDirectory)) continue;
    await writeFile(path, bytes.toString('utf8').replaceAll(stagingDirectory, directory), { mode: stats.mode });
  }
}
