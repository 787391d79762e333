import { dirname, join } from 'node:path';
import { resolvesToFile } from '../../base/host/path-checks';
import { findExecutable, memoized } from '../runtimes/interpreter';
import { inheritableVariables } from '../process/process-environment';
import type { InstallerOptions } from './recipe';
import { runInstaller } from './run-installer';

interface NpmProject {
  /** Directory of the package.json; `node_modules` is created in it. */
  readonly directory: string;
  /** npm's cache, shared by the installations of a tenant. */
  readonly cache: string;
  /** Null: npm's default. */
  readonly registry: string | null;
  readonly locked: boolean;
}

/** The npm installed with this Node, else the one on the search path. */
const findNpm = memoized(async (): Promise<readonly string[] | null> => {
  const bundled = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (await resolvesToFile(bundled)) return [process.execPath, bundled];
  const found = await findExecutable(['npm']);
  return found === null ? null : [found];
});

const INSTALL_OPTIONS = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-progress'];

/**
 * Installs what the manifest names. Package scripts do not run: they would have the worker's
 * rights.
 */
export async function npmInstall(
  { directory, cache, registry, locked }: NpmProject,
  options: InstallerOptions,
): Promise<{ ok: boolean; log: string }> {
  const [command, ...prefix] = (await findNpm()) ?? ['npm'];
  const args = [...prefix, locked ? 'ci' : 'install', ...INSTALL_OPTIONS];
  const env = npmSettings(cache, registry, options);
  return runInstaller({ command: command!, args, cwd: directory, writable: [directory, cache], env }, options);
}

/** Variables override npm's files, so those of an outer npm are not passed on. */
function npmSettings(
  cache: string,
  registry: string | null,
  { actionVariables }: InstallerOptions,
): Record<string, string> {
  const { NO_PROXY } = inheritableVariables(process.env, actionVariables);
  return {
    npm_config_cache: cache,
    npm_config_update_notifier: 'false',
    ...(registry !== null && {
      npm_config_registry: registry,
      npm_config_replace_registry_host: 'always', // a lock file has the addresses of its author's registry
      npm_config_userconfig: join(cache, 'no-such-file'),
      npm_config_noproxy: [NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
    }),
  };
}
