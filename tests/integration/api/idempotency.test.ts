import type { Execution } from '../../../contract/executions';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const BODY = { action_ref: 'core.echo', parameters: { message: 'once' } };

let token: string;
beforeAll(async () => {
  token = await webhook.api().logIn();
});
const execute = (name: string, body: object = BODY, as?: string) =>
  webhook
    .api()
    .send(
      { method: 'POST', url: '/api/v1/executions/execute', payload: body, headers: { 'idempotency-key': name } },
      as ?? token,
    );
const idOf = (response: Awaited<ReturnType<typeof execute>>) => response.json<{ data: Execution }>().data.id;
const countExecutions = async (): Promise<number> => {
  const { rows } = await webhook.api().owner.query<{ count: number }>('select count(*) from execution');
  return rows[0]!.count;
};

test('DU-01 a repeated request gets the first response and runs once', async () => {
  const first = await execute('a');
  const before = await countExecutions();

  const again = await execute('a');

  expect([again.statusCode, again.body]).toEqual([201, first.body]);
  expect(await countExecutions()).toBe(before);
});

test('of many concurrent copies one runs', async () => {
  const before = await countExecutions();

  const answers = await Promise.all(Array.from({ length: 12 }, () => execute('b')));

  expect(new Set(answers.map(idOf)).size).toBe(1);
  expect(await countExecutions()).toBe(before + 1);
});

test('another body under the key is rejected; another caller is not', async () => {
  const first = await execute('c');
  const other = await webhook.holderOf([{ resource: 'actions', actions: ['execute'] }]);

  const refused = await execute('c', { ...BODY, parameters: { message: 'twice' } });

  expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect(new Set([first, await execute('d'), await execute('c', BODY, other)].map(idOf)).size).toBe(3);
});

test('a rejected request may be repeated under its key', async () => {
  const wrong = { ...BODY, action_ref: 'no.where' };

  expect((await execute('e', wrong)).statusCode).toBe(404);
  expect((await execute('e')).statusCode).toBe(201);
});

test('a key expires after 24 hours', async () => {
  const first = await execute('f');
  await webhook.api().owner.query(`update idempotent_request set created = created - interval '24 hours 1 second'`);

  const later = await execute('f', { ...BODY, parameters: {} });

  expect([later.statusCode, idOf(later) === idOf(first)]).toEqual([201, false]);
});

test('the removal of expired keys leaves those of the last day', async () => {
  const first = await execute('g');
  const { owner } = webhook.api();
  await owner.query(`update idempotent_request set created = created - interval '23 hours 59 minutes'`);
  await owner.query('select delete_expired_idempotent_requests(null)');

  expect(idOf(await execute('g'))).toBe(idOf(first));
});
