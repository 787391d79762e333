import { join } from 'node:path';
import type { InterpreterStart, SpawnCommand } from '../process/pool/prefork-process';

/** An interpreter that is started before its program is known. */
export interface WarmInterpreter extends Pick<InterpreterStart, 'waiter'> {
  /** The interpreter and its options. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Directory of the files that wait. `root`: that of the project. */
export const warmInterpretersDirectory = (root: string): string =>
  join(root, 'platform', 'worker', 'isolation', 'warm-interpreters');

/** Variables that interpreters, and the libraries that they load, read when they start. */
const READ_AT_START =
  /^(HOME$|PYTHON|NODE_|LANG|LC_|TZ$|LD_|MALLOC_|GLIBC_|OPENSSL_|SSL_|ICU_|UV_|NO_COLOR$|FORCE_COLOR$)/;

/**
 * The interpreter that may wait for such a command; null: none, as it is no program of an
 * interpreter, or its own options of Node may load modules that read its variables.
 */
export function warmInterpreter(
  { command, args, env, interpreter }: SpawnCommand,
  variables: Readonly<Record<string, string>>,
): WarmInterpreter | null {
  if (interpreter === undefined || env.NODE_OPTIONS !== undefined) return null;
  const readAtStart = Object.entries(env).filter(([name]) => READ_AT_START.test(name));
  const others = Object.entries(variables).filter(([name]) => !READ_AT_START.test(name));
  return {
    command: [command, ...args.slice(0, interpreter.optionCount)],
    waiter: interpreter.waiter,
    env: Object.fromEntries([...others, ...readAtStart]),
  };
}

/**
 * A program for an interpreter that waits: the length of the rest and a newline; then netstrings
 * (`3:abc`, without a comma): the directory, `1` with input, the number of options, and three
 * lists, each after its length: the command with its arguments, names and values of variables,
 * paths and texts of files.
 */
export function interpretedRequest(program: SpawnCommand): Buffer {
  const { command, args, env, cwd, input, files = new Map<string, string>(), interpreter } = program;
  const list = (values: readonly string[]) => [String(values.length), ...values];
  const fields = [
    ...[cwd, input === null ? '0' : '1', String(interpreter?.optionCount ?? 0)],
    ...list([command, ...args]),
    ...list(Object.entries(env).flat()),
    ...list([...files].flat()),
  ];
  const netstrings = fields.map((field) => {
    const bytes = Buffer.from(field);
    return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
  });
  const request = Buffer.concat(netstrings);
  return Buffer.concat([Buffer.from(`${request.length}\n`), request]);
}
