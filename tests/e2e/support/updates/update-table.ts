import { basename, dirname } from 'node:path/posix';
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/context';
import { callApi } from '../api-call';

/** What the objects of a table may refer to. */
export interface UpdateWorld {
  readonly ctx: Context;
  /** Ref of a pack that was created by the API. */
  readonly pack: string;
}

/** What a body gives for a field, and what the object shows then in place of what it showed. */
interface Change {
  readonly given: unknown;
  readonly shown: Readonly<Record<string, unknown>>;
}

/** Of a body; empty where an object is created with what it must have. */
export type Fields = Readonly<Record<string, never>>;

interface FieldChange {
  readonly field: string;
  readonly change: Change | ((world: UpdateWorld) => Promise<Change>);
  /** Whether the target knows the field; without it, it does. */
  readonly isKnown?: (ctx: Context) => boolean;
}

/** An update, and a change for each field of its body. */
export interface UpdateTable {
  /** As in the OpenAPI document: `/rules/{ref}`. */
  readonly route: string;
  /**
   * Creates an object, with these fields, too; `label` differs for two of them. Its path below
   * `/api/v1`.
   */
  readonly create: (world: UpdateWorld, label: string, fields?: Fields) => Promise<string>;
  /** Fields that no request gives a new object, each with its reason. */
  readonly notCreated?: Readonly<Record<string, string>>;
  /** No path shows the object alone: the list above it does. */
  readonly isListed?: boolean;
  /** Fields that the body must have, as they are. */
  readonly rest?: Readonly<Record<string, unknown>>;
  /** Fields that the platform computes. */
  readonly computed?: readonly string[];
  /** Whether the target has such objects; without it, it does. */
  readonly isKnown?: (ctx: Context) => boolean;
  /** Another object, by the path of this one, that has some of its fields, too. */
  readonly copy?: { readonly pathOf: (path: string) => string; readonly fields: readonly string[] };
  /** In the order in which they are sent. */
  readonly changes: readonly FieldChange[];
  /** Fields of the body that no change has, each with its reason. */
  readonly out?: Readonly<Record<string, string>>;
}

/** The field becomes this value; `shown`: where that is not what is given. */
export const to = (
  field: string,
  given: unknown,
  shown: Readonly<Record<string, unknown>> = { [field]: given },
): FieldChange => ({ field, change: { given, shown } });

/** The field becomes the ref of another object, whose id is shown: `action_ref` and `action`. */
export const toOther = (
  field: string,
  other: (world: UpdateWorld) => Promise<{ id: number; ref: string }>,
): FieldChange => ({
  field,
  change: async (world) => {
    const { id, ref } = await other(world);
    return { given: ref, shown: { [field]: ref, [field.replace(/_ref$/, '')]: id } };
  },
});

/** The same change, of a field that a target may not know. */
export const where = (isKnown: (ctx: Context) => boolean, change: FieldChange): FieldChange => ({ ...change, isKnown });

const setThenClear =
  (cleared: null | undefined) =>
  (field: string, value: unknown): FieldChange[] => [
    to(field, { op: 'set', value }, { [field]: value }),
    to(field, { op: 'clear' }, { [field]: cleared }),
  ];

/** `{"op": "set"}` gives a field its value, and `{"op": "clear"}` makes it null. */
export const setAndClear = setThenClear(null);

/** The same of a field that is not shown without a value. */
export const setAndOmit = setThenClear(undefined);

type Shown = Record<string, unknown>;

async function get(ctx: Context, path: string): Promise<string> {
  const { status, text } = await callApi(ctx.facts.token, 'GET', path);
  if (status !== 200) throw new Error(`GET ${path} returned ${status}: ${text}`);
  return text;
}

/** What a response contains, in an envelope or without one. */
function contentOf(text: string): Json | undefined {
  const body = JSON.parse(text) as Json;
  return isObject(body) && 'data' in body ? body.data : body;
}

/** The rows of a list, in one of its three envelopes. */
function rowsOf(text: string): Json[] {
  const body = JSON.parse(text) as Json;
  const rows = [body, ...(isObject(body) ? [body.data, body.items] : [])].find(Array.isArray);
  if (rows === undefined) throw new Error(`no list: ${text}`);
  return rows as Json[];
}

/** Without the instant of the update, and what the platform computes. */
function objectOf({ computed = [] }: UpdateTable, content: Json | undefined): Shown {
  if (!isObject(content)) throw new Error(`no object: ${JSON.stringify(content)}`);
  return Object.fromEntries(Object.entries(content).filter(([name]) => !['updated', ...computed].includes(name)));
}

/** The object at a path, or the one of this id in the list above it. */
async function read(ctx: Context, table: UpdateTable, path: string): Promise<Shown> {
  if (!table.isListed) return objectOf(table, contentOf(await get(ctx, path)));
  const [list, id] = [dirname(path), basename(path)];
  const row = rowsOf(await get(ctx, list)).find((each) => isObject(each) && JSON.stringify(each.id) === id);
  return objectOf(table, row);
}

/** The object that has some of the fields, too; without one, it has no field. */
const readCopy = async (ctx: Context, table: UpdateTable, path: string): Promise<Shown> =>
  table.copy ? objectOf(table, contentOf(await get(ctx, table.copy.pathOf(path)))) : {};

const copied = ({ copy }: UpdateTable, shown: Change['shown']): Shown =>
  Object.fromEntries(Object.entries(shown).filter(([name]) => copy?.fields.includes(name)));

/** The fields that differ, with their later value; undefined: it is gone. */
const differences = (before: Shown, after: Shown): Shown =>
  Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((name) => !isDeepStrictEqual(before[name], after[name]))
      .map((name) => [name, after[name]]),
  );

/**
 * Each change of one field shows its new value in the response and from then on, leaves every
 * other field as it was, and does not concern another object of the kind. A copy changes alike.
 */
export async function expectUpdates(world: UpdateWorld, tables: readonly UpdateTable[]): Promise<void> {
  const provable = tables.filter(({ isKnown }) => isKnown?.(world.ctx) !== false);
  const outcomes = await Promise.all(provable.map((table) => updateOne(world, table)));
  const byRoute = (what: 'seen' | 'expected') =>
    Object.fromEntries(outcomes.map((outcome) => [outcome.route, outcome[what]]));
  expect(byRoute('seen')).toStrictEqual(byRoute('expected'));
}

async function updateOne(world: UpdateWorld, table: UpdateTable) {
  const { ctx } = world;
  const { route, create, changes, rest } = table;
  const [path, other] = [await create(world, 'one'), await create(world, 'other')];
  const untouched = await read(ctx, table, other);
  const [seen, expected]: [unknown[], unknown[]] = [[], []];
  for (const { field, change, isKnown } of changes) {
    if (isKnown?.(ctx) === false) continue;
    const { given, shown } = typeof change === 'function' ? await change(world) : change;
    const [before, copyBefore] = [await read(ctx, table, path), await readCopy(ctx, table, path)];
    const { status, text } = await callApi(ctx.facts.token, 'PUT', path, { ...rest, [field]: given });
    const response = status === 200 ? differences(before, objectOf(table, contentOf(text))) : text;
    const after = differences(before, await read(ctx, table, path));
    const copy = differences(copyBefore, await readCopy(ctx, table, path));
    seen.push({ [field]: given, response, read: after, copy });
    expected.push({ [field]: given, response: shown, read: shown, copy: copied(table, shown) });
  }
  return {
    route,
    seen: [...seen, differences(untouched, await read(ctx, table, other))],
    expected: [...expected, {}],
  };
}

/** What a new object is given for a field where an update gives this; undefined: nothing. */
const valueToCreate = (given: unknown): unknown => {
  if (given === null || !isObject(given as Json)) return given ?? undefined;
  const { op, value } = given as Shown;
  if (op === 'set') return value;
  return op === 'clear' ? undefined : given;
};

/** A new object shows each field that its request gives; of several changes of one, the first. */
export async function expectCreations(world: UpdateWorld, tables: readonly UpdateTable[]): Promise<void> {
  const outcomes = await Promise.all(tables.map((table) => createWhole(world, table)));
  expect(outcomes.map(({ seen }) => seen)).toStrictEqual(outcomes.map(({ expected }) => expected));
}

async function createWhole(world: UpdateWorld, table: UpdateTable) {
  const { route, create, changes, notCreated = {} } = table;
  const [fields, expected]: [Shown, Shown] = [{}, {}];
  for (const { field, change, isKnown } of changes) {
    if (isKnown?.(world.ctx) === false || field in fields || field in notCreated) continue;
    const { given, shown } = typeof change === 'function' ? await change(world) : change;
    const value = valueToCreate(given);
    if (value === undefined) continue;
    fields[field] = value;
    Object.assign(expected, shown);
  }
  const object = await read(world.ctx, table, await create(world, 'whole', fields as Fields));
  const seen = Object.fromEntries(Object.keys(expected).map((name) => [name, object[name]]));
  return { seen: { route, ...seen }, expected: { route, ...expected } };
}
