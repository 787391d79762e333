import Ajv from 'ajv';
import type { RouteOptions } from 'fastify';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { compileRequestValidator } from '../../../platform/api/http/validation';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly saturates?: boolean;
}

const routes: RouteOptions[] = [];
const recordRoutes = (scope: Api): void => {
  scope.addHook('onRoute', (route) => {
    routes.push(route);
  });
};
const api = buildApi(contextWithoutDatabase, [recordRoutes, ...ROUTES]);
beforeAll(async () => api.ready());
afterAll(() => api.close());

const isInteger = ({ type }: Schema): boolean =>
  type === 'integer' || (Array.isArray(type) && type.includes('integer'));

/** `[path, schema]` of each integer in a schema. */
function integersIn(schema: Schema | undefined, path: string): [string, Schema][] {
  if (schema === undefined) return [];
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [`${path}.${name}`, member] as const);
  const inner = [
    ...members,
    [`${path}[]`, schema.items] as const,
    ...(schema.anyOf ?? []).map((one) => [path, one] as const),
  ];
  const own: [string, Schema][] = isInteger(schema) ? [[path, schema]] : [];
  return [...own, ...inner.flatMap(([innerPath, member]) => integersIn(member, innerPath))];
}

const integersOf = (part: 'body' | 'params' | 'querystring'): [string, Schema][] =>
  routes.flatMap((route) =>
    integersIn(route.schema?.[part] as Schema | undefined, `${String(route.method)} ${route.url}`),
  );

const BEYOND = [1e308, -1e308, 2 ** 63, 1.5];

test('IN-05 every integer of a body rejects numbers that are not safe', () => {
  const ajv = new Ajv({ strict: false });
  const integers = integersOf('body');

  const accepted = integers.flatMap(([path, schema]) => {
    const validate = ajv.compile(schema);
    return BEYOND.filter((value) => validate(value)).map((value) => `${path} accepts ${value}`);
  });

  expect(accepted).toEqual([]);
  expect(integers.length).toBeGreaterThan(20);
});

test('IN-05 every integer of a path or query rejects other numbers', () => {
  const integers = [...integersOf('params'), ...integersOf('querystring')];

  const accepted = integers.flatMap(([path, schema]) => {
    const validate = compileRequestValidator({ type: 'object', properties: { value: schema } }, 'params');
    // Beyond the last page there are no rows: page numbers are clamped.
    const texts = ['1e308', '-1e308', '1.5', ...(schema.saturates ? [] : [String(2n ** 63n)])];
    return texts.filter((value) => !('error' in validate({ value }))).map((value) => `${path} accepts ${value}`);
  });

  expect(accepted).toEqual([]);
  expect(integers.length).toBeGreaterThan(20);
});
