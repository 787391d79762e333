import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { find, once } from '../runtimes/interpreter';
import type { Installation } from './recipe';
import { runInstaller } from './run-installer';

export interface NpmSite {
  /** Holds the package.json, and gets the node_modules. */
  readonly directory: string;
  /** npm's own cache, shared by the installations of a tenant. */
  readonly cache: string;
  /** Null: where npm itself would look. */
  readonly registry: string | null;
  readonly locked: boolean;
}

/** The npm that came with this Node, else the one on the search path. */
const npm = once(async (): Promise<readonly string[] | null> => {
  const own = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (
    await access(own).then(
      () => true,
      () => false,
    )
  )
    return [process.execPath, own];
  const found = await find(['npm']);
  return found === null ? null : [found];
});

/** Installs what the manifest names. No package's own script runs: they would act with the worker's rights. */
export async function npmInstall(
  { directory, cache, registry, locked }: NpmSite,
  installation: Installation,
): Promise<{ ok: boolean; log: string }> {
  const [command, ...first] = (await npm()) ?? ['npm'];
  const args = [...first, locked ? 'ci' : 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  return runInstaller({ command: command!, args, cwd: directory, env: settingsOf(cache, registry) }, installation);
}

/** npm obeys variables before files, so what an outer npm left behind is not passed on. */
function settingsOf(cache: string, registry: string | null): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS, NO_PROXY } = process.env;
  return {
    ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }),
    npm_config_cache: cache,
    npm_config_update_notifier: 'false',
    ...(registry !== null && {
      npm_config_registry: registry,
      npm_config_userconfig: join(cache, 'no-such-file'),
      npm_config_noproxy: [NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
    }),
  };
}
