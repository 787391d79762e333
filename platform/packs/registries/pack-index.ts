import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { sha256Hex } from '../../store/database/sha256';
import type { ActionFile } from '../read/components';
import { checkEntryPoint } from '../read/entry-point';

/** In the directory of a pack. */
export const INDEX_FILE = 'pack.index.json';

/** What the index of a pack states about one action. */
interface IndexedAction {
  /** Path of its file in the pack; of a script without a file: the script. */
  readonly entry: string;
  /** SHA-256 of the file; null: it has none. */
  readonly digest: string | null;
  readonly parameters: JsonObject | null;
  readonly output: JsonObject | null;
}

type IndexedActions = Readonly<Record<string, IndexedAction>>;
/** Of an index that anyone may have written. */
type StatedActions = Readonly<Record<string, Pick<IndexedAction, 'entry'> & Partial<IndexedAction>>>;

/** The index of these actions, whose files are in the directory: the same files, the same text. */
export async function renderIndex(directory: string, actions: readonly ActionFile[]): Promise<string> {
  return `${writeJson({ actions: await indexActions(directory, actions) }, 2)}\n`;
}

/** Sorted by ref. */
async function indexActions(directory: string, actions: readonly ActionFile[]): Promise<IndexedActions> {
  const entries = actions.map(async (action) => [action.ref, await indexAction(directory, action)] as const);
  return Object.fromEntries((await Promise.all(entries)).sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function indexAction(directory: string, action: ActionFile): Promise<IndexedAction> {
  const { entrypoint, paramSchema: parameters, outSchema: output } = action;
  const home = join(directory, 'actions');
  if ((await checkEntryPoint(home, entrypoint)).is !== 'file')
    return { entry: entrypoint, digest: null, parameters, output };
  const digest = sha256Hex(await readFile(join(home, entrypoint)));
  return { entry: `actions/${entrypoint}`, digest, parameters, output };
}

/** What is read of an index; all else of an action is compared as a text. */
const StatedIndex = Type.Object({
  actions: Type.Optional(Type.Record(Type.String(), Type.Object({ entry: Type.String() }))),
});

/**
 * Paths, sorted, of the files of a pack that differ from what its index states: an action's file,
 * the YAML file of an action with another schema or that the index does not have, and the entry of
 * one that is gone. Of an index that cannot be read, its own path. None without an index.
 */
export async function driftingFiles(directory: string, actions: readonly ActionFile[]): Promise<string[]> {
  const text = await readIndex(directory);
  if (text === null) return [];
  const actual = await indexActions(directory, actions);
  try {
    const index = parseJsonText(text);
    return Value.Check(StatedIndex, index) ? differingFiles(index.actions ?? {}, actual, actions) : [INDEX_FILE];
  } catch (error) {
    // It is not JSON, or nested too deeply.
    if (error instanceof SyntaxError || error instanceof RangeError) return [INDEX_FILE];
    throw error;
  }
}

function differingFiles(stated: StatedActions, actual: IndexedActions, actions: readonly ActionFile[]): string[] {
  const changed = actions.flatMap(({ ref, location }) => {
    const file = location.slice(0, location.lastIndexOf(':'));
    return Object.hasOwn(stated, ref) ? differences(stated[ref]!, actual[ref]!, file) : [file];
  });
  const gone = Object.entries(stated).filter(([ref]) => !Object.hasOwn(actual, ref));
  return [...new Set([...changed, ...gone.map(([, { entry }]) => entry)])].sort();
}

function differences(stated: StatedActions[string], actual: IndexedAction, file: string): string[] {
  const hasOther = (...keys: readonly (keyof IndexedAction)[]) =>
    keys.some((key) => writeJson(stated[key]) !== writeJson(actual[key]));
  return [
    ...(hasOther('entry', 'parameters', 'output') ? [file] : []),
    ...(hasOther('digest') ? [actual.digest === null ? file : actual.entry] : []),
  ];
}

/** Null: there is none. */
async function readIndex(directory: string): Promise<string | null> {
  const found = await checkEntryPoint(directory, INDEX_FILE);
  return found.is === 'file' ? readFile(join(directory, INDEX_FILE), 'utf8') : null;
}
