import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const { send, dataOf } = webhook;

/** Status, code and reason of a rejected request. */
async function errorOf(sent: ReturnType<typeof send>): Promise<unknown[]> {
  const response = await sent;
  const { code, details } = response.json<{ code: string; details?: { reason?: string } }>();
  return [response.statusCode, code, details?.reason];
}

test('a platform without virtual time has no clock to read, set or move', async () => {
  const refused = [
    await errorOf(send('GET', '/clock')),
    await errorOf(send('PUT', '/clock', { mode: 'pinned' })),
    await errorOf(send('POST', '/clock/advance', { by: 1 })),
  ];

  expect(refused).toEqual(Array(3).fill([404, 'NOT_ENABLED', undefined]));
});

test('a cordoned worker takes no dispatch, and nothing is stored', async () => {
  const { id, token } = await dataOf<{ id: number; token: string }>(send('POST', '/workers', { kind: 'external' }));
  await dataOf(send('POST', `/workers/${id}/register`, { delivery_mode: 'poll' }, token));
  const dispatch = () => send('POST', `/workers/${id}/dispatch`, { action_ref: 'core.noop' });
  expect((await send('POST', `/workers/${id}/cordon`, {})).statusCode).toBe(200);

  expect(await errorOf(dispatch())).toEqual([409, 'CONFLICT', 'WORKER_CORDONED']);

  expect(await webhook.executions('action_ref=core.noop')).toEqual([]);
  expect((await send('POST', `/workers/${id}/uncordon`, {})).statusCode).toBe(200);
  expect((await dispatch()).statusCode).toBe(202);
});

test('a verb for workers of a tenant is not for a worker of all', async () => {
  const { rows } = await webhook
    .api()
    .owner.query<{ id: number }>(`insert into worker (name, status) values ('of all', 'active') returning id::int`);
  const path = `/workers/${rows[0]!.id}`;

  const refused = [
    await errorOf(send('POST', `${path}/pause`)),
    await errorOf(send('POST', `${path}/dispatch`, { action_ref: 'core.noop' })),
    await errorOf(send('DELETE', path)),
  ];

  expect(refused).toEqual(Array(3).fill([501, 'NOT_IMPLEMENTED', undefined]));
  expect((await send('POST', `${path}/cordon`, {})).statusCode).toBe(200);
});

test('the identity of a sensor does not take the log-in of another tenant', async () => {
  const { owner } = webhook.api();
  await owner.query(`insert into tenant (slug, name) values ('other', 'Other')`);
  await owner.query(
    `insert into identity (tenant, login) select id, 'sensor:demo.taken' from tenant where slug = 'other'`,
  );
  const payload = { sensor_ref: 'demo.taken', trigger_types: ['demo.none'] };
  const issue = webhook.api().send({ method: 'POST', url: '/auth/sensor-token', payload }, await webhook.api().logIn());

  expect(await errorOf(issue)).toEqual([409, 'CONFLICT', 'LOGIN_TAKEN']);

  expect((await owner.query(`select from identity where login = 'sensor:demo.taken'`)).rowCount).toBe(1);
});

test('a search by trigrams needs the extension of the database', async () => {
  await webhook.api().owner.query('drop extension pg_trgm cascade');

  expect(await errorOf(send('GET', '/search?q=demo&mode=trigram'))).toEqual([
    501,
    'NOT_IMPLEMENTED',
    'SEARCH_MODE_UNAVAILABLE',
  ]);

  const others = ['exact', 'fulltext', 'vector'].map((mode) => send('GET', `/search?q=demo&mode=${mode}`));
  expect((await Promise.all(others)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
});
