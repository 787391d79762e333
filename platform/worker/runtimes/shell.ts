import type { JsonObject } from '../../../contract/json';
import { identifier } from '../environment';
import { plain } from '../formats';
import { ask, find, once, type Interpreter } from './interpreter';
import { entrypointPath, isPackFile } from './pack-file';
import { NotRunnable, type Preparation, type ProgramPlan, type Runtime } from './runtime';

const interpreter = once(async (): Promise<Interpreter | null> => {
  const path = await find(['bash', 'sh']);
  if (path === null) return null;
  return { path, version: (await ask(path, ['-c', 'printf %s "${BASH_VERSION%%(*}"'])) ?? '' };
});

/** bash keeps these for itself: to assign them is an error, which under `set -e` ends the script. */
const READ_ONLY = new Set(['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID', '_', 'POSIXLY_CORRECT']);

const escaped = (value: string): string =>
  value.replaceAll('\0', '\uFFFD').replace(/[\\'\n\r]/g, (sign) => ({ '\n': '\\n', '\r': '\\r' })[sign] ?? `\\${sign}`);

function definitions(parameters: JsonObject): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) =>
      [identifier(name), `PARAM_${identifier(name).toUpperCase()}`]
        .filter((variable) => variable !== '' && !READ_ONLY.has(variable))
        .map((variable) => `declare +x ${variable}=$'${escaped(plain(value))}'; `),
    )
    .join('');
}

/**
 * A script with its parameters as variables that no child inherits. All of it goes in front of the script's own first
 * line, so that the line numbers of its errors are those its author sees.
 */
export const inlineScript = (text: string, parameters: JsonObject): string =>
  `set -e; ${definitions(parameters)}${text}\n`;

async function inline({ attempt, scratch }: Preparation, path: string): Promise<ProgramPlan> {
  const script = await scratch.write('script.sh', inlineScript(attempt.entrypoint, attempt.parameters));
  return { kind: 'program', command: path, args: [script], variables: {}, input: 'empty' };
}

/** The pack's file; none when the entrypoint is no name of one, and then it is the script itself. */
async function scriptFile({ attempt }: Preparation): Promise<string | null> {
  if (attempt.isAdhoc || attempt.entrypoint.includes('\n')) return null;
  const path = entrypointPath(attempt);
  return path !== null && (await isPackFile(path, attempt)) ? path : null;
}

/** Scripts run by bash: files of packs, and the text of actions made through the API. */
export const shell: Runtime = {
  name: 'shell',
  extensions: ['.sh', '.bash'],
  version: async () => (await interpreter())?.version ?? null,
  plan: async (preparation) => {
    const found = await interpreter();
    if (found === null) throw new NotRunnable(`bash is not available: looked in PATH ${process.env.PATH ?? ''}`);
    const file = await scriptFile(preparation);
    if (file === null) return inline(preparation, found.path);
    return { kind: 'program', command: found.path, args: [file], variables: {}, input: 'parameters' };
  },
};
