import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, type TSchema } from '@sinclair/typebox';
import Ajv from 'ajv';
import type { RouteOptions } from 'fastify';
import { matches } from '../../../helpers/client/validate';
import { repositoryRoot } from '../../../helpers/repository-root';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { compileRequestValidator } from '../../../platform/api/http/validation';
import { ROUTES } from '../../../platform/api/routes';
import { faultOf } from '../../../platform/workers/standalone/server/check-message';
import { contextWithoutDatabase } from '../api/context-without-database';

const CONTRACT = join(repositoryRoot(), 'contract');

/** `[name, schema]` of all schemas that a file of the contract exports. */
const schemasOf = (file: string): [string, TSchema][] =>
  Object.entries(jest.requireActual<Record<string, TSchema>>(join(CONTRACT, file)))
    .filter(([, value]) => typeof value === 'object' && Kind in value)
    .map(([name, schema]) => [`${file} ${name}`, schema]);

const ofContract = readdirSync(CONTRACT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap(schemasOf);

const ofRoutes: [string, unknown][] = [];
const recordSchemas = (scope: Api): void => {
  scope.addHook('onRoute', ({ method, url, schema = {} }: RouteOptions) => {
    const { body, params, querystring, response } = schema;
    for (const [part, each] of Object.entries({ body, params, querystring, ...(response as object | undefined) }))
      if (each !== undefined) ofRoutes.push([`${String(method)} ${url} ${part}`, each]);
  });
};
const api = buildApi(contextWithoutDatabase, [recordSchemas, ...ROUTES]);
beforeAll(async () => api.ready());
afterAll(() => api.close());

const ajv = new Ajv({ strict: false });
const invalid = (schemas: readonly (readonly [string, unknown])[]): string[] =>
  schemas.filter(([, schema]) => ajv.validateSchema(schema as object) !== true).map(([name]) => name);

test('every schema of the contract and of a route is one of JSON Schema', () => {
  expect([...invalid(ofContract), ...invalid(ofRoutes)]).toEqual([]);
  expect([ofContract.length > 200, ofRoutes.length > 700]).toEqual([true, true]);
  expect(invalid([['wrong', { type: 'object', properties: { a: { minimum: 'one' } } }]])).toEqual(['wrong']);
});

test('a process of the platform or of the suite does not check them again', () => {
  const validateSchema = jest.spyOn(Ajv.prototype, 'validateSchema');
  const schema = { type: 'object', properties: { a: { type: 'integer' } } };

  compileRequestValidator(schema, 'body')({ a: 1 });
  matches(schema as unknown as TSchema, { a: 1 });
  faultOf(schema as unknown as TSchema, { a: 1 });

  expect(validateSchema.mock.calls).toEqual([]);
});
