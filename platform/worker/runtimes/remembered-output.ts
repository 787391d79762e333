import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { hostNow } from '../../base/clock';
import { readCached, storeCached } from '../../../bin/content-cache';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';

/** Output of a program, and the state of every file that decided about it. */
interface RememberedOutput {
  readonly printed: string;
  /** By path; null: there was no such file. */
  readonly files: Readonly<Record<string, string | null>>;
  /** Epoch ms; null: the files alone decide. */
  readonly expiresAt: number | null;
}

interface ProgramStart {
  readonly path: string;
  readonly args: readonly string[];
  /** Complete. */
  readonly env: Readonly<Record<string, string>>;
}

const KEPT_OUTPUTS = 64;
/** A launcher script may read files that are not in the list below. */
const LAUNCHER_LIFETIME_MS = 3_600_000;
const SETTLED_MS = 100;
/** Files by which version managers (pyenv, asdf, mise) select what a launcher starts. */
const SELECTING_FILES = ['.python-version', '.tool-versions', '.mise.toml', 'mise.toml'];

let directory: string | null = null;

/** Outputs are kept in the project at `root` from now on; before that, none is remembered. */
export const rememberOutputsIn = (root: string): void => {
  directory = join(root, 'node_modules/.cache/tuningfork/interpreters');
};

/**
 * What `run` resolves to for this program, or what the same program printed at an earlier start,
 * while neither it nor the files that select what it starts have changed. Null, and output whose
 * origin is not known, is not remembered.
 */
export async function rememberedOutput(
  program: ProgramStart,
  run: () => Promise<string | null>,
): Promise<string | null> {
  if (directory === null) return run();
  const path = join(directory, `${digestOf(program)}.json`);
  const remembered = parse(readCached(path));
  if (remembered !== null && isValid(remembered)) return remembered.printed;
  const startedAt = hostNow();
  const printed = await run();
  const origin = printed === null ? null : originOf(program, printed);
  if (printed === null || origin === null || origin.files.some((file) => changedSince(file, startedAt))) return printed;
  const files = Object.fromEntries(origin.files.map((file) => [file, stateOf(file)]));
  const expiresAt = origin.isLauncher ? startedAt + LAUNCHER_LIFETIME_MS : null;
  storeCached(path, writeJson({ printed, files, expiresAt } satisfies RememberedOutput), KEPT_OUTPUTS);
  return printed;
}

const digestOf = ({ path, args, env }: ProgramStart): string =>
  createHash('sha256')
    .update(writeJson([path, args, Object.entries(env).sort(), process.cwd()]))
    .digest('hex');

/** Null also for a file that another version wrote, or that is damaged. */
function parse(text: string | null): RememberedOutput | null {
  try {
    const value = parseJsonText(text ?? 'null') as Partial<RememberedOutput> | null;
    return typeof value?.printed === 'string' && value.files !== undefined && value.expiresAt !== undefined
      ? (value as RememberedOutput)
      : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isValid = ({ files, expiresAt }: RememberedOutput): boolean =>
  (expiresAt === null || hostNow() < expiresAt) &&
  Object.entries(files).every(([file, state]) => stateOf(file) === state);

/** Identifies the content of a file, also of one that was written in its place. */
function stateOf(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ') : null;
}

/** Also shortly before: the time of a file has the resolution of the kernel's clock. */
const changedSince = (file: string, moment: number): boolean =>
  (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) > moment - SETTLED_MS;

/**
 * The files that decided about the output. A program that starts another one is a launcher: it is
 * known what that was only where the output begins with its path. Null: not known.
 */
function originOf({ path, env }: ProgramStart, printed: string) {
  const own = realpathSync(path);
  if (!isScript(own) && basename(own).startsWith(basename(path))) return { files: [own], isLauncher: false };
  const started = printed.split('\n')[0] ?? '';
  if (!isAbsolute(started) || stateOf(started) === null) return null;
  const selecting = [process.cwd(), env.HOME ?? '/']
    .flatMap(ancestors)
    .flatMap((folder) => SELECTING_FILES.map((name) => join(folder, name)));
  return { files: [path, started, join(dirname(dirname(path)), 'version'), ...selecting], isLauncher: true };
}

const SCRIPT_START = '#!';

function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(SCRIPT_START.length);
    readSync(file, start);
    return start.toString('latin1') === SCRIPT_START;
  } finally {
    closeSync(file);
  }
}

const ancestors = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...ancestors(dirname(folder))];
