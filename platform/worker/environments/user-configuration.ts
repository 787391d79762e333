import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreCodes } from '../../base/error-details';

/** Variables that name a file of certificates. */
export const CERTIFICATE_FILES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];

/** Where installers find the settings of the platform's user, and the variable that names them. */
const SETTINGS: readonly { readonly variable: string; readonly path: string }[] = [
  { variable: 'npm_config_userconfig', path: '.npmrc' },
  { variable: 'PIP_CONFIG_FILE', path: '.config/pip/pip.conf' },
  { variable: 'UV_CONFIG_FILE', path: '.config/uv/uv.toml' },
];

/** Files that a confined installer gets as copies, by path, and the variables that name them. */
interface UserConfiguration {
  readonly variables: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
}

export const NO_CONFIGURATION: UserConfiguration = { variables: {}, files: new Map() };

/**
 * A confined installer has an empty home directory, and files of certificates may lie where it
 * sees nothing. Settings that a variable names are not replaced.
 */
export async function userConfiguration(env: Readonly<Record<string, string>>): Promise<UserConfiguration> {
  const { HOME: home = '' } = env;
  const settings = SETTINGS.filter(({ variable }) => home !== '' && env[variable] === undefined).map(
    ({ variable, path }) => ({ variable, path: join(home, path) }),
  );
  const certificates = CERTIFICATE_FILES.flatMap((variable) => {
    const path = env[variable];
    return path === undefined ? [] : [{ variable, path }];
  });
  const variables: Record<string, string> = {};
  const files = new Map<string, string>();
  for (const { variable, path } of [...settings, ...certificates]) {
    const text = await readFile(path, 'utf8').catch(ignoreCodes('ENOENT', 'EACCES', 'ENOTDIR'));
    if (text === undefined) continue;
    variables[variable] = `/tmp/${variable}`;
    files.set(variables[variable], text);
  }
  return { variables, files };
}
