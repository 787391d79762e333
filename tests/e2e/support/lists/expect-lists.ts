import { Type, type TSchema } from '@sinclair/typebox';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { Call } from '../../../../helpers/client/call';
import { ApiError } from '../../../../helpers/errors';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { callsOf, promisedPage, type Query } from './list-calls';
import { keyOf, type ListCell, type Parameters } from './list-cell';
import type { Row } from './row';
import type { ListedRows } from './filters';

/** Requests at a time. */
const WIDTH = 8;

interface ReceivedPage {
  readonly items: readonly Row[];
  readonly pagination: object | undefined;
}

/** One call, and what it must return. */
interface Cell {
  readonly name: string;
  readonly send: () => Promise<unknown>;
  readonly expected: unknown;
}

/** What reads the lists: throws ApiError for a response that is no success. */
export interface ListReader {
  readonly request: { readonly body: (schema: TSchema, call: Call) => Promise<unknown> };
}

/** The fixtures of the tenant that is read, and of another one with the same names. */
export interface TwinFixtures<F> {
  readonly client: ListReader;
  readonly own: F;
  readonly twin: F;
}

/** Every call to each list returns what the rows of the fixture promise. */
export async function expectLists<F>(fixtures: TwinFixtures<F>, lists: readonly ListCell<F>[]): Promise<void> {
  const cells = lists.flatMap((list) =>
    (list.params?.(fixtures.own) ?? [{}]).flatMap((params, at) => cellsOf(list, params, fixtures, at === 0)),
  );
  const received = await mapConcurrently(cells, WIDTH, async ({ name, send }) => [name, await send()] as const);
  expect(Object.fromEntries(received)).toEqual(Object.fromEntries(cells.map(({ name, expected }) => [name, expected])));
}

/** `isFirst`: of the values of its path's parameters; the others are read whole only. */
function cellsOf<F>(list: ListCell<F>, params: Parameters, { client, own, twin }: TwinFixtures<F>, isFirst: boolean) {
  const rows: ListedRows<F> = {
    own: list.rows(own, params),
    twin: list.rows(twin, list.params?.(twin)[0] ?? {}),
    fixture: own,
  };
  const path = list.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const { queries, unproven, refused } = callsOf(list, rows);
  const read = (query: Query) => readPage(client, path, query);
  const paged = (query: Query): Cell => ({
    name: `${path} ${writeJson(query)}`,
    send: async () => {
      const { items, pagination } = await read(query);
      return { keys: items.map((row) => keyOf(list, row)), pagination };
    },
    expected: promisedPage(list, rows, query),
  });
  const whole: Cell = {
    name: path,
    send: async () => (await read({})).items,
    expected: rows.own.map((row) => shownRow(list, row)),
  };
  if (!isFirst) return [whole];
  const proven: Cell = {
    name: `${path}: filters that its rows do not prove`,
    send: () => Promise.resolve(unproven),
    expected: Object.keys(list.inseparable ?? {}),
  };
  const rejections = Object.entries(refused).map(([name, value]) =>
    rejection(client, path, { name, value, named: list.filters[name]?.refusedAs ?? name }),
  );
  return [whole, proven, ...queries.map(paged), ...rejections];
}

/** What the list must show of a row: the properties of its schema, as GET by id has them. */
const shownRow = <F>({ item, shown = {} }: ListCell<F>, row: Row): Row =>
  Object.fromEntries(
    Object.keys(item.properties)
      .map((name) => [name, shown[name] ? shown[name](row) : row[name]] as const)
      .filter(([, value]) => value !== undefined),
  );

const Body = Type.Unknown();

async function readPage({ request }: ListReader, path: string, query: Query): Promise<ReceivedPage> {
  const read = await request.body(Body, { method: 'GET', path, root: true, query });
  const body = read as Row | Row[];
  if (Array.isArray(body)) return { items: body, pagination: undefined };
  return { items: (body.items ?? body.data) as Row[], pagination: body.pagination as object | undefined };
}

interface BadValue {
  readonly name: string;
  readonly value: string;
  /** What the message names. */
  readonly named: string;
}

/** A bad value is answered 400, with the name of the parameter. */
function rejection(client: ListReader, path: string, { name, value, named }: BadValue): Cell {
  return {
    name: `${path} ${name}=${value}`,
    send: async () => {
      try {
        return (await readPage(client, path, { [name]: value })).items;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: error.status, named: writeJson(error.body).includes(named) ? named : writeJson(error.body) };
      }
    },
    expected: { status: 400, named },
  };
}
