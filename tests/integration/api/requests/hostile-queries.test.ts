import type { LightMyRequestResponse } from 'fastify';
import { runSeed, sized } from '../../../../helpers/sized';
import { withApi } from '../with-api';

jest.setTimeout(180_000); // hundreds of requests

const api = withApi();

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly type?: string | string[] };
}
interface Route {
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

/** Every GET route without an id in its path, with its query parameters, of the own document. */
async function listRoutes(): Promise<Route[]> {
  const document = await api().send({ url: '/api-spec/openapi.json' });
  const { paths } = document.json<{ paths: Record<string, { get?: { parameters?: Parameter[] } }> }>();
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const parameters = (get?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    return get && !path.includes('{') && !path.endsWith('/stream') ? [{ path, parameters }] : [];
  });
}

/** Texts that select every row, or fail, where one of them becomes part of a statement. */
const HOSTILE = [
  "' or '1'='1",
  "x'); drop table execution; --",
  '%',
  'c_re',
  'ech%',
  '____',
  '\\',
  '%00',
  '*; select pg_sleep(5)',
  '$1',
  '"',
  '{}',
];

/** Those that the number selects: every third, or all. */
const hostileTexts = (number: number): string[] => {
  const step = sized({ ci: 3, full: 1 });
  return HOSTILE.filter((_, n) => n % step === number % step);
};

const rowsOf = (response: LightMyRequestResponse): unknown[] => {
  const { items, data } = response.json<{ items?: unknown[]; data?: unknown }>();
  return items ?? (Array.isArray(data) ? data : []);
};

let token: string;
let routes: Route[];
beforeAll(async () => {
  token = await api().logIn();
  routes = await listRoutes();
});

/** Sends one query parameter to a route. */
const query = (path: string, name: string, value: string) =>
  api().send({ url: `${path}?${name}=${encodeURIComponent(value)}` }, token);

const isText = ({ schema }: Parameter): boolean => [schema?.type].flat().includes('string');

test('IN-05 SQL and wildcards in a text filter are literals on every list', async () => {
  const filters = routes.flatMap(({ path, parameters }) =>
    parameters.filter(isText).map(({ name }) => ({ path, name })),
  );
  expect(filters.length).toBeGreaterThan(20);

  const seed = runSeed();
  const found: string[] = [];
  for (const [index, { path, name }] of filters.entries()) {
    const texts = hostileTexts(seed + index);
    const responses = await Promise.all(texts.map((text) => query(path, name, text)));
    responses.forEach((response, n) => {
      const isLiteral = response.statusCode === 200 ? rowsOf(response).length === 0 : response.statusCode < 500;
      if (!isLiteral) found.push(`${path}?${name}=${texts[n]} gets ${response.statusCode}`);
    });
  }
  expect({ seed, found }).toEqual({ seed, found: [] });
});

const PAGE_NAMES = ['page', 'per_page', 'page_size', 'limit', 'offset', 'perPage'];
const NUMBERS = ['0', '-1', '1000000000', '9223372036854775808', '1e308', 'x', ''];

test('IN-06 no page number or size is an internal error on any list', async () => {
  const pages = routes.flatMap(({ path, parameters }) =>
    parameters.filter(({ name }) => PAGE_NAMES.includes(name)).map(({ name }) => ({ path, name })),
  );
  expect(pages.length).toBeGreaterThan(20);

  const found: string[] = [];
  for (const { path, name } of pages) {
    const responses = await Promise.all(NUMBERS.map((number) => query(path, name, number)));
    responses.forEach(({ statusCode }, n) => {
      if (statusCode >= 500) found.push(`${path}?${name}=${NUMBERS[n]} gets ${statusCode}`);
    });
  }
  expect(found).toEqual([]);
});
