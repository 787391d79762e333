import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Interpreter } from '../runtimes/interpreter';
import { parseRequirementsFile, type RequirementsFile } from '../../packs/requirements-file';
import { decodeManifest } from '../../packs/manifest-text';
import { vendoredWheels } from '../../packs/vendored-files';
import { BARE_INSTALLER } from './bare-installer';
import { findFailingRequirement, type Requirement } from './failing-requirement';
import { findPythonInstaller, type PythonInstaller } from './python-installer';
import { parseRequirements, requirementRemedy } from './python-requirements';
import type { InstallerOptions, InstallationResult } from './recipe';
import { inheritableVariables } from '../process/process-environment';
import { runInstaller } from './run-installer';

/** Path of an environment's interpreter. */
export const pythonPath = (directory: string): string => join(directory, 'bin', 'python');

interface InstallerSettings {
  /**
   * An index URL or a directory of packages; null: the pack's own wheels, else pip's own
   * configuration.
   */
  readonly index: string | null;
  readonly packDirectory: string;
  readonly cache: string;
  /** Environment whose pip is used where the host has no other installer. */
  readonly pip: string;
}

/** Installs a `requirements.txt` into the environment in the staging directory. */
export async function installRequirements(
  interpreter: Interpreter,
  stagingDirectory: string,
  content: Buffer,
  settings: InstallerSettings,
  options: InstallerOptions,
): Promise<InstallationResult> {
  const { text, problem } = decodeManifest(content);
  if (problem !== null) return failure(problem);
  const manifest = parseRequirementsFile(text);
  const { requirements, rejected } = parseRequirements(manifest.lines);
  if (rejected !== null) return failure(`"${rejected}" is rejected: ${requirementRemedy(rejected)}`, rejected);
  const source = await packageSource(manifest, settings);
  if (source === null) return failure(`--find-links and --no-index are accepted together, ${WHEEL_DIRECTORY}`);
  await mkdir(settings.cache, { recursive: true });
  const installer = await findPythonInstaller(interpreter, settings.pip, options);
  if (installer === null && source.directory === null)
    return failure(`neither uv nor pip is available: install pip for ${interpreter.path}`);
  const file = join(stagingDirectory, 'requirements.txt');
  await writeFile(file, `${manifest.lines.join('\n')}\n`);
  const program = installerCommand(installer, pythonPath(stagingDirectory), source, file);
  const { ok, log } = await runInstaller(
    {
      ...program,
      cwd: stagingDirectory,
      writable: [stagingDirectory, settings.cache],
      readable: [settings.pip, ...(source.directory === null ? [] : [source.directory])],
      env: installerEnv(settings, options),
    },
    options,
  );
  return ok ? { ok, log, failing: null } : failedInstall(log, requirements);
}

const WHEEL_DIRECTORY = 'with a directory of the pack that contains wheels only';

const failure = (log: string, failing: string | null = null): InstallationResult => ({
  ok: false,
  log: `ENV_BUILD_FAILED: requirements.txt: ${log}`,
  failing,
});

interface PackageSource {
  /** Of wheels; null: an index. */
  readonly directory: string | null;
  readonly args: readonly string[];
}

/**
 * The configured index, whatever the pack contains; else the pack's own wheels; else what pip is
 * configured with. Null: the pack's own wheels are unusable.
 */
async function packageSource(
  { wheelDirectory, noIndex }: RequirementsFile,
  { index, packDirectory }: InstallerSettings,
): Promise<PackageSource | null> {
  if (index !== null) {
    return URL.canParse(index) ? { directory: null, args: ['--index-url', index] } : directorySource(index);
  }
  if (wheelDirectory === null && !noIndex) return { directory: null, args: [] };
  const wheels = wheelDirectory !== null && noIndex ? await vendoredWheels(packDirectory, wheelDirectory) : null;
  if (wheelDirectory === null || wheels === null) return null;
  const { directory, args } = directorySource(join(packDirectory, wheelDirectory));
  return { directory, args: [...args, '--no-deps'] }; // a dependency of a wheel may be a URL
}

const directorySource = (directory: string) => ({ directory, args: ['--no-index', '--find-links', directory] });

/** Only wheels are installed: a package's build script would have the worker's rights. */
function installerCommand(
  installer: PythonInstaller | null,
  python: string,
  { directory, args }: PackageSource,
  file: string,
) {
  const sourceArgs = [...args, '--only-binary', ':all:', '--requirement', file];
  if (installer === null) return { command: python, args: ['-I', '-c', BARE_INSTALLER, directory ?? '', file] };
  return installer.kind === 'uv'
    ? { command: installer.path, args: ['pip', 'install', '--python', python, '--compile-bytecode', ...sourceArgs] }
    : { command: python, args: ['-I', installer.path, 'install', '--ignore-installed', ...sourceArgs] };
}

const failedInstall = (log: string, requirements: readonly Requirement[]): InstallationResult => ({
  ok: false,
  log,
  failing: findFailingRequirement(requirements, log),
});

/**
 * Variables of the installer. Where the platform names an index, the variables and files of an
 * outer pip are ignored.
 */
function installerEnv(
  { index, cache }: InstallerSettings,
  { actionVariables }: InstallerOptions,
): Record<string, string> {
  const ownVariables = {
    PIP_CACHE_DIR: cache,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    UV_CACHE_DIR: join(cache, 'uv'),
    UV_PYTHON_DOWNLOADS: 'never',
  };
  if (index !== null) return { ...ownVariables, PIP_CONFIG_FILE: '/dev/null', UV_NO_CONFIG: '1' };
  return { ...inheritableVariables(process.env, actionVariables), ...ownVariables };
}
