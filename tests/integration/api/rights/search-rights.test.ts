// A search reveals nothing that its caller may not read.
import { createGrantHolder } from '../grant-holder';
import { withAdmin } from '../with-admin';

const { testApi, send } = withAdmin();
let ungranted: string;

const summary = async (...request: Parameters<typeof send>) => {
  const answer = await send(...request);
  return [answer.statusCode, answer.json<{ error?: string }>().error];
};
const missing = (grant: string) => [403, `Insufficient permissions: ${grant}`];

beforeAll(async () => {
  ungranted = await createGrantHolder(testApi().owner, []);
  await testApi().owner.query(
    `insert into execution (action_ref, status, result, executor) values ('core.noop', 'completed', '{"word": "sesame"}', 1)`,
  );
});

const search = '/executions?result_contains=sesame';

test('DS-05 a result is searched only by a caller that may read it', async () => {
  const reader = await createGrantHolder(testApi().owner, [{ resource: 'executions', actions: ['read'] }]);

  expect(await summary('GET', search, undefined, ungranted)).toEqual(missing('executions:read'));
  expect((await send('GET', search, undefined, reader)).json()).toMatchObject({ items: [{ action_ref: 'core.noop' }] });
});

test('DS-05 executions of another are not found by their executor', async () => {
  const { rows } = await testApi().owner.query<{ id: number }>('select max(id) as id from identity where id > 1');

  expect(await summary('GET', '/executions?executor=1', undefined, ungranted)).toEqual(missing('executions:read'));
  const others = await createGrantHolder(testApi().owner, []);
  expect(await summary('GET', `/executions?executor=${rows[0]!.id + 1}`, undefined, others)).toEqual([200, undefined]);
});

test('DS-05 a reader without keys:decrypt gets no encrypted value', async () => {
  const key = { ref: 'sealed.word', name: 'word', owner_type: 'system', value: 'sesame', encrypted: true };
  expect((await send('POST', '/keys', key)).statusCode).toBe(201);
  const updater = await createGrantHolder(testApi().owner, [{ resource: 'keys', actions: ['read', 'update'] }]);

  expect((await send('GET', '/keys/sealed.word', undefined, updater)).json()).toMatchObject({ data: { value: null } });
  expect((await send('GET', '/keys', undefined, updater)).body).not.toContain('sesame');
  expect(await summary('PUT', '/keys/sealed.word', { encrypted: false }, updater)).toEqual(missing('keys:decrypt'));
});

test('DS-05 the key of another identity is answered like a missing one', async () => {
  const { rows } = await testApi().owner.query<{ id: number }>('select min(id) as id from identity');
  const key = { ref: 'of.someone', name: 'own', owner_type: 'identity', owner_identity: rows[0]!.id, value: 1 };
  expect((await send('POST', '/keys', key)).statusCode).toBe(201);
  const reader = await createGrantHolder(testApi().owner, [{ resource: 'keys', actions: ['read', 'decrypt'] }]);
  const bodyOf = async (ref: string) => (await send('GET', `/keys/${ref}`, undefined, reader)).body.replaceAll(ref, '');

  expect((await send('GET', '/keys/of.someone', undefined, reader)).statusCode).toBe(404);
  expect(await bodyOf('of.someone')).toBe(await bodyOf('of.no-one'));
});

test('DS-05 secret parameters take executions:decrypt', async () => {
  const { rows } = await testApi().owner.query<{ id: number }>('select max(id) as id from execution');
  const reader = await createGrantHolder(testApi().owner, [{ resource: 'executions', actions: ['read'] }]);

  expect(await summary('GET', `/executions/${rows[0]!.id}?include_secret_values=true`, undefined, reader)).toEqual(
    missing('executions:decrypt'),
  );
});
