import type { Execution } from '../../../../contract/executions';
import { withExecutionApi } from './with-execution-api';

const { testApi, execute, listItems, tokenWithGrants } = withExecutionApi();

const action_ref = 'demo.validated';
const validated = (parameters?: object | null) => execute({ action_ref, parameters, validate: true });
const count = async () => (await listItems(`?action_ref=${action_ref}`)).items.length;
beforeAll(async () => {
  const schema = {
    url: { type: 'string', required: true },
    port: { type: 'integer', required: true, default: 80 },
    pw: { type: 'string', secret: true, minLength: 12 },
  };
  const insert = 'insert into action (ref, param_schema) values ($1, $2), ($3, $4)';
  const unusable = JSON.stringify({ url: { type: 'nonsense' } });
  await testApi().owner.query(insert, [action_ref, JSON.stringify(schema), 'demo.unusable', unusable]);
});

test.each([
  [undefined, '/parameters/url is required'],
  [null, '/parameters/url is required'],
  [{ url: 5 }, '/parameters/url must be string'],
  [{ url: null }, '/parameters/url must be string'],
  [{ url: 'x', port: '80' }, '/parameters/port must be integer'],
  [{ url: 'x', port: '{{ event.payload.port }}' }, '/parameters/port must be integer'],
  [{ port: 1.5 }, '/parameters/url is required; /parameters/port must be integer'],
  [{ url: 'x', pw: 'planted' }, '/parameters/pw must NOT have fewer than 12 characters'],
])('%j is rejected, and nothing is stored', async (parameters, errors) => {
  const before = await count();

  const response = await validated(parameters);

  const error = `Invalid parameters for action 'demo.validated': ${errors}`;
  expect([response.statusCode, response.json()]).toMatchObject([422, { code: 'VALIDATION_ERROR', error }]);
  expect(response.body).not.toContain('planted');
  expect(await count()).toBe(before);
});

test.each([[{ url: 'x' }], [{ url: 'x', port: null, more: 1 }], [{ url: { $connection: 'no.key' } }]])(
  '%j is accepted, and stored as sent',
  async (parameters) => {
    const { data } = (await validated(parameters)).json<{ data: Execution }>();

    expect(data).toMatchObject({ action_ref, config: parameters });
  },
);

test('a schema that cannot be used is an error of the request', async () => {
  const response = await execute({ action_ref: 'demo.unusable', parameters: { url: 'x' }, validate: true });

  const error = expect.stringContaining('/parameters cannot be checked: ') as string;
  expect([response.statusCode, response.json()]).toMatchObject([422, { code: 'VALIDATION_ERROR', error }]);
});

test('without validation the same parameters are accepted', async () => {
  const requests = [{}, { validate: false }].map((more) => execute({ action_ref, parameters: { url: 5 }, ...more }));

  expect((await Promise.all(requests)).map(({ statusCode }) => statusCode)).toEqual([201, 201]);
});

test('only a caller that may execute the action sees what it declares', async () => {
  const holder = await tokenWithGrants([]);

  expect((await execute({ action_ref, validate: true }, holder)).statusCode).toBe(403);
});
