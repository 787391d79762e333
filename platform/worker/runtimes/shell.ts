import type { JsonObject } from '../../../contract/json';
import { shellIdentifier } from '../process/process-environment';
import { textOrJson } from '../../../contract/json-text/text-or-json';
import { captureDescription, findExecutable, memoized, missingInterpreter, type Interpreter } from './interpreter';
import { scriptFile } from './pack-file';
import type { Preparation, ProgramPlan, ProgramRuntime } from './runtime';

/**
 * `--norc`: bash reads a user's `.bashrc` for a command whose stdin is a socket, as Node's pipes
 * are.
 */
const PRINT_VERSION = ['--norc', '-c', 'printf %s "${BASH_VERSION%%(*}"'];

const findShell = memoized(async (): Promise<Interpreter | null> => {
  const path = await findExecutable(['bash']);
  const version = path && (await captureDescription(path, PRINT_VERSION));
  return path && version ? { path, version } : null;
});

/**
 * What bash sets itself. It rejects a value for some, which ends the script under `set -e`, and
 * evaluates the value of an integer as arithmetic, with the commands in it.
 */
const SET_BY_BASH =
  /^(_|BASH.*|DIRSTACK|EPOCH.*|E?UID|FUNCNAME|GROUPS|HISTCMD|LINENO|OPTIND|PIPESTATUS|PPID|S?RANDOM|SECONDS|SHELLOPTS)$/;

/** With these, the text of a parameter would decide which programs a script runs, and how. */
const BASH_CONTROL = /^(PATH|IFS|CDPATH|PS4|GLOBIGNORE|EXECIGNORE|POSIXLY_CORRECT)$/;

const ansiCEscaped = (value: string): string =>
  value
    .replaceAll('\0', '\uFFFD')
    .replace(/[\\'\n\r]/g, (character) => ({ '\n': '\\n', '\r': '\\r' })[character] ?? `\\${character}`);

function parameterDefinitions(parameters: JsonObject): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) =>
      [shellIdentifier(name), `PARAM_${shellIdentifier(name).toUpperCase()}`]
        .filter((variable) => variable !== '' && !SET_BY_BASH.test(variable) && !BASH_CONTROL.test(variable))
        .map((variable) => `declare +x ${variable}=$'${ansiCEscaped(textOrJson(value))}'; `),
    )
    .join('');
}

/**
 * A script with its parameters as variables that no child inherits. They are defined on the
 * script's first line, so that line numbers in error messages match the source.
 */
const inlineScript = (text: string, parameters: JsonObject): string =>
  `set -e; ${parameterDefinitions(parameters)}${text}\n`;

async function inlinePlan({ attempt, scratch }: Preparation, path: string): Promise<ProgramPlan> {
  const script = await scratch.writeFile('script.sh', inlineScript(attempt.entrypoint, attempt.parameters));
  return { kind: 'program', command: path, args: [script], variables: {}, input: 'empty' };
}

/** Scripts run by bash: files of packs, and the text of actions made through the API. */
export const shellRuntime: ProgramRuntime = {
  name: 'shell',
  detectVersion: async () => (await findShell())?.version ?? null,
  plan: async (preparation) => {
    const interpreter = await findShell();
    if (interpreter === null) throw missingInterpreter('bash');
    const file = await scriptFile(preparation.attempt);
    if (file === null) return inlinePlan(preparation, interpreter.path);
    return { kind: 'program', command: interpreter.path, args: [file], variables: {}, input: 'parameters' };
  },
};
