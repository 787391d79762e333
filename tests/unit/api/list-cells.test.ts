import { LISTS, LISTS_OUT } from '../../e2e/support/lists/all-lists';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

interface DocumentedList {
  readonly path: string;
  /** Type of each query parameter besides those of paging. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** Properties of a row; undefined: the response has no rows. */
  readonly row: readonly string[] | undefined;
  readonly isPaged: boolean;
}

const PAGING = ['page', 'page_size', 'per_page', 'limit', 'offset'];

/** Every operation that returns rows, or has query parameters. */
async function documentedLists(): Promise<DocumentedList[]> {
  const { paths } = (await api.inject({ url: '/api-spec/openapi.json' })).json<{
    paths: Record<string, { get?: Operation }>;
  }>();
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get) return [];
    const query = (get.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const body = get.responses['200']?.content?.['application/json']?.schema;
    const isPaged = body?.properties?.pagination !== undefined;
    const rows = [body, body?.properties?.data, body?.properties?.items].find((schema) => schema?.type === 'array');
    if (rows === undefined && query.length === 0) return [];
    const filters = query.filter(({ name }) => !(isPaged && PAGING.includes(name)));
    return [
      {
        path,
        filters: Object.fromEntries(filters.map(({ name, schema }) => [name, schema.format ?? schema.type])),
        row: rows && Object.keys(rows.items?.properties ?? {}).sort(),
        isPaged,
      },
    ];
  });
}

test('every list of the document has a cell, or a reason why it has none', async () => {
  const documented = (await documentedLists()).map(({ path }) => path);

  expect([...LISTS.map(({ path }) => path), ...Object.keys(LISTS_OUT)].sort()).toEqual(documented.sort());
});

test('every filter has a cell of its type, and every property is compared', async () => {
  const withCells = (await documentedLists()).filter(({ path }) => !(path in LISTS_OUT));

  const cells = LISTS.map(({ path, filters, item, pages }) => ({
    path,
    filters: {
      ...Object.fromEntries(Object.entries(filters).map(([name, { type }]) => [name, type])),
      ...(pages?.isCountedOnRequest && { include_total: 'boolean' }),
    },
    row: Object.keys(item.properties).sort(),
    isPaged: pages !== undefined,
  }));
  const byPath = (a: { path: string }, b: { path: string }) => a.path.localeCompare(b.path);
  expect(cells.sort(byPath)).toEqual(withCells.sort(byPath));
});
