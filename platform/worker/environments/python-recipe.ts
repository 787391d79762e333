import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOf, type Manifests } from '../../packs/dependency-manifests';
import { isFile } from '../runtimes/pack-file';
import type { Interpreter } from '../runtimes/interpreter';
import { environmentsOf, homeOf } from '../surroundings';
import { BARE_INSTALLER } from './bare-installer';
import { readRequirements } from './python-requirements';
import type { Installation, Installed, Needed, Recipe } from './recipe';
import { failingOf, type Requirement } from './requirement';
import { runInstaller } from './run-installer';
import { pythonInstaller, type PythonInstaller } from './shared-pip';

/** The interpreter of the environment in a directory. */
export const pythonIn = (directory: string): string => join(directory, 'bin', 'python');

/** A virtual environment of the pack's own; without manifests one with no packages, which sees nobody else's either. */
export function pythonRecipe({ pack, surroundings }: Needed, manifests: Manifests, interpreter: Interpreter): Recipe {
  const base = `${interpreter.version} ${interpreter.path}\n`;
  const name = manifests.size === 0 ? `none-${interpreter.version}` : hashOf(manifests, base);
  const directory = join(homeOf(surroundings, pack, 'python'), name);
  const environments = environmentsOf(surroundings, pack);
  const tools = {
    index: surroundings.pythonIndex,
    cache: join(environments, '.pip'),
    pip: pipHome(surroundings, base),
  };
  return {
    runtime: 'python',
    contentHash: hashOf(manifests),
    directory,
    isReady: () => isFile(pythonIn(directory)),
    install: async (site, installation) => {
      const made = await makeEmpty(interpreter, site, installation);
      const [requirements] = manifests.values();
      if (!made.ok || requirements === undefined) return made;
      const installed = await fill(interpreter, site, requirements.toString('utf8'), tools, installation);
      if (installed.ok) await renameInScripts(site, directory);
      return installed;
    },
  };
}

const pipHome = ({ directory }: { directory: string }, base: string): string =>
  join(directory, 'environments', `.pip-${createHash('sha256').update(base).digest('hex').slice(0, 12)}`);

/** Of its own pip none: one for all is enough, and takes its seconds once. */
async function makeEmpty({ path }: Interpreter, site: string, installation: Installation): Promise<Installed> {
  const args = ['-I', '-m', 'venv', '--copies', '--without-pip', site];
  return { ...(await runInstaller({ command: path, args, cwd: dirname(site) }, installation)), failing: null };
}

interface Tools {
  /** An index URL, or a directory of packages; null: what pip itself is configured with. */
  readonly index: string | null;
  readonly cache: string;
  readonly pip: string;
}

async function fill(
  interpreter: Interpreter,
  site: string,
  text: string,
  tools: Tools,
  installation: Installation,
): Promise<Installed> {
  const { requirements, refused } = readRequirements(text);
  const wrong = (log: string, failing: string | null = null) => ({
    ok: false,
    log: `ENV_BUILD_FAILED: ${log}`,
    failing,
  });
  if (refused !== null) {
    return wrong(
      `requirements.txt: "${refused}" is refused: give names with versions, and hashes if you like`,
      refused,
    );
  }
  await mkdir(tools.cache, { recursive: true });
  const tool = await pythonInstaller(interpreter, tools.pip, installation);
  if (tool === null && !isDirectory(tools.index)) {
    return wrong(`neither uv nor pip is to be had: install the pip of ${interpreter.path}`);
  }
  const file = join(site, 'requirements.txt');
  await writeFile(file, text);
  const program = programFor(tool, pythonIn(site), tools.index, file);
  const { ok, log } = await runInstaller({ ...program, cwd: site, env: settingsOf(tools) }, installation);
  return ok ? { ok, log, failing: null } : failed(log, requirements);
}

/** No package's own build runs: it would act with the worker's rights. */
function programFor(tool: PythonInstaller | null, python: string, index: string | null, file: string) {
  const where = [...indexOf(index), '--only-binary', ':all:', '--requirement', file];
  if (tool === null) return { command: python, args: ['-I', '-c', BARE_INSTALLER, index ?? '', file] };
  return tool.kind === 'uv'
    ? { command: tool.path, args: ['pip', 'install', '--python', python, '--compile-bytecode', ...where] }
    : { command: python, args: ['-I', tool.path, 'install', '--ignore-installed', ...where] };
}

const failed = (log: string, requirements: readonly Requirement[]): Installed => ({
  ok: false,
  log,
  failing: failingOf(requirements, log),
});

const isDirectory = (index: string | null): index is string => index !== null && !URL.canParse(index);

const indexOf = (index: string | null): string[] => {
  if (index === null) return [];
  return isDirectory(index) ? ['--no-index', '--find-links', index] : ['--index-url', index];
};

/** The platform's own settings and no others: where it names an index, an outer pip's variables and files do not count. */
function settingsOf({ index, cache }: Tools): Record<string, string> {
  const own = {
    PIP_CACHE_DIR: cache,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    UV_CACHE_DIR: join(cache, 'uv'),
    UV_PYTHON_DOWNLOADS: 'never',
  };
  if (index !== null) return { ...own, PIP_CONFIG_FILE: '/dev/null', UV_NO_CONFIG: '1' };
  const outer = Object.entries(process.env).filter((entry): entry is [string, string] => /^(PIP|UV)_/.test(entry[0]));
  return { ...Object.fromEntries(outer), ...own };
}

const LARGEST_SCRIPT = 64 * 1_024;

/** Programs name their interpreter by its whole path, and the environment is moved once it is whole. */
async function renameInScripts(site: string, directory: string): Promise<void> {
  const bin = join(site, 'bin');
  for (const name of await readdir(bin)) {
    const path = join(bin, name);
    const { size, mode } = await stat(path);
    if (size > LARGEST_SCRIPT) continue;
    const bytes = await readFile(path);
    if (bytes.includes(0) || !bytes.includes(site)) continue;
    await writeFile(path, bytes.toString('utf8').replaceAll(site, directory), { mode });
  }
}
