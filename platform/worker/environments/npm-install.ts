import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { captured } from '../capture';
import { inheritable } from '../environment';
import { runProcess, type Ended } from '../process';
import { find, once } from '../runtimes/interpreter';

const INSTALL_LIMIT_MS = 300_000;
const LOG_LIMIT_BYTES = 1_024 * 1_024;

export interface Installation {
  /** Holds the package.json, and gets the node_modules. */
  readonly directory: string;
  /** npm's own cache, shared by the installations of this platform. */
  readonly cache: string;
  /** Null: where npm itself would look. */
  readonly registry: string | null;
  readonly locked: boolean;
  readonly killGraceMs: number;
  readonly stop: AbortSignal;
  readonly marker: string;
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
export async function npmInstall(installation: Installation): Promise<Ended & { readonly log: string }> {
  const { directory, cache, registry, locked } = installation;
  const [command, ...first] = (await npm()) ?? ['npm'];
  const ended = await runProcess({
    command: command!,
    args: [...first, locked ? 'ci' : 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'],
    env: npmEnvironment(cache, registry),
    cwd: directory,
    input: null,
    limitMs: INSTALL_LIMIT_MS,
    killGraceMs: installation.killGraceMs,
    logLimitBytes: LOG_LIMIT_BYTES,
    stop: installation.stop,
    marker: installation.marker,
  });
  return { ...ended, log: logOf(ended) };
}

/** npm obeys variables before files, so what an outer npm left behind is not passed on. */
function npmEnvironment(cache: string, registry: string | null): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS, NO_PROXY } = process.env;
  return {
    ...inheritable(process.env),
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

const logOf = (ended: Ended): string =>
  captured([ended.stdout.tail, ended.stderr.tail, ended.problem ?? ''].filter((part) => part !== '').join('\n')).tail;
