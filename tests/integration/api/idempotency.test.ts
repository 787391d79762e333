import type { Execution } from '../../../contract/executions';
import { withHook } from './hook-stage';

const hook = withHook();
const BODY = { action_ref: 'core.echo', parameters: { message: 'once' } };

let token: string;
beforeAll(async () => {
  token = await hook.stage().logIn();
});
const execute = (name: string, body: object = BODY, as?: string) =>
  hook
    .stage()
    .send(
      { method: 'POST', url: '/api/v1/executions/execute', payload: body, headers: { 'idempotency-key': name } },
      as ?? token,
    );
const idOf = (answer: Awaited<ReturnType<typeof execute>>) => answer.json<{ data: Execution }>().data.id;
const counted = async (): Promise<number> => {
  const { rows } = await hook.stage().owner.query<{ count: number }>('select count(*) from execution');
  return rows[0]!.count;
};

test('a request that comes again under its name is answered as it was, and done once', async () => {
  const first = await execute('a');
  const before = await counted();

  const again = await execute('a');

  expect([again.statusCode, again.body]).toEqual([201, first.body]);
  expect(await counted()).toBe(before);
});

test('of many copies at once one is done', async () => {
  const before = await counted();

  const answers = await Promise.all(Array.from({ length: 12 }, () => execute('b')));

  expect(new Set(answers.map(idOf)).size).toBe(1);
  expect(await counted()).toBe(before + 1);
});

test('another body under the name is refused; another name, or another caller, is another request', async () => {
  const first = await execute('c');
  const other = await hook.holderOf([{ resource: 'actions', actions: ['execute'] }]);

  const refused = await execute('c', { ...BODY, parameters: { message: 'twice' } });

  expect([refused.statusCode, refused.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect(new Set([first, await execute('d'), await execute('c', BODY, other)].map(idOf)).size).toBe(3);
});

test('a request that was refused may come again under its name', async () => {
  const wrong = { ...BODY, action_ref: 'no.where' };

  expect((await execute('e', wrong)).statusCode).toBe(404);
  expect((await execute('e')).statusCode).toBe(201);
});

test('after 24 hours the name is free', async () => {
  const first = await execute('f');
  await hook.stage().owner.query(`update idempotent_request set created = created - interval '24 hours 1 second'`);

  const later = await execute('f', { ...BODY, parameters: {} });

  expect([later.statusCode, idOf(later) === idOf(first)]).toEqual([201, false]);
});
