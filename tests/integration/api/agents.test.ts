import { createHash } from 'node:crypto';
import { withAdmin } from './with-admin';

const { testApi, send } = withAdmin();

async function createWorker(body: object): Promise<{ id: number; token?: string }> {
  const created = await send('POST', '/workers', body);
  expect(created.statusCode).toBe(201);
  return created.json<{ data: { id: number; token?: string } }>().data;
}

/** With the token of its agent, which has registered to poll. */
async function createAgent(): Promise<{ id: number; token: string }> {
  const { id, token } = await createWorker({ kind: 'external' });
  expect((await send('POST', `/workers/${id}/register`, { delivery_mode: 'poll' }, token)).statusCode).toBe(200);
  return { id, token: token! };
}

const rowOf = async (id: number): Promise<Record<string, unknown>> =>
  (await testApi().owner.query<Record<string, unknown>>('select * from worker where id = $1', [id])).rows[0]!;

test('a worker has the default limits where its creation gives none', async () => {
  const [external, shell, go] = [
    await createWorker({ kind: 'external' }),
    await createWorker({ kind: 'managed', runtime: 'shell' }),
    await createWorker({ kind: 'managed', runtime: 'go' }),
  ];

  expect(await rowOf(external.id)).toMatchObject({ queue_limit: 100, heartbeat_timeout_ms: 90_000, lease_ms: 60_000 });
  expect(await rowOf(shell.id)).toMatchObject({ queue_limit: 100, provision_timeout_ms: 60_000 });
  expect(await rowOf(go.id)).toMatchObject({ queue_limit: 100, provision_timeout_ms: 120_000 });
});

test('a runtime of containers is none of a managed worker', async () => {
  for (const runtime of ['container', 'core.container'])
    expect((await send('POST', '/workers', { kind: 'managed', runtime })).json()).toMatchObject({
      code: 'RUNTIME_UNSUPPORTED',
      details: { requested: runtime },
    });
});

test('the state of a worker of the platform follows its status, unlogged', async () => {
  const { owner } = testApi();
  const insert = `insert into worker (name, status) values ('of up', 'active') returning id::int`;
  const { id } = (await owner.query<{ id: number }>(insert)).rows[0]!;
  const states: unknown[] = [];
  for (const status of ['active', 'inactive', 'error']) {
    await owner.query('update worker set status = $2 where id = $1', [id, status]);
    states.push((await send('GET', `/workers/${id}`)).json<{ state: string }>().state);
  }

  expect(states).toEqual(['online', 'offline', 'failed']);
  expect((await send('POST', `/workers/${id}/pause`)).statusCode).toBe(501);
  expect((await owner.query('select from execution_event where worker = $1', [id])).rowCount).toBe(0);
});

test('of the token of an agent the database has the hash alone', async () => {
  const { id, token } = await createAgent();

  const row = await rowOf(id);
  expect(row.token_hash).toBe(createHash('sha256').update(token).digest('hex'));
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await tablesWith(token)).toEqual([]);
  expect(await tablesWith(row.token_hash as string)).toEqual(['worker']);
});

/** The tables of which a row contains this text. */
async function tablesWith(text: string): Promise<string[]> {
  const { owner } = testApi();
  const { rows: tables } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await owner.query(`select from "${name}" t where position($1 in t::text) > 0 limit 1`, [text]);
    if (rowCount === 1) found.push(name);
  }
  return found;
}

test('the token of an agent opens the routes of the agent of its worker alone', async () => {
  const { id, token } = await createAgent();
  const other = await createAgent();
  const attempts = [
    await testApi().send({ url: '/auth/me' }, token),
    await send('GET', '/workers', undefined, token),
    await send('GET', `/workers/${id}`, undefined, token),
    await send('GET', `/workers/${id}/activity`, undefined, token),
    await send('POST', `/workers/${id}/pause`, undefined, token),
    await send('POST', `/workers/${id}/dispatch`, { action_ref: 'core.noop' }, token),
    await send('DELETE', `/workers/${id}`, undefined, token),
    await send('GET', '/executions', undefined, token),
    await send('POST', '/executions/execute', { action_ref: 'core.noop' }, token),
    await send('GET', '/keys', undefined, token),
    await send('GET', '/artifacts', undefined, token),
    await send('POST', '/events', { trigger_ref: 'core.alert' }, token),
    await send('POST', `/workers/${other.id}/heartbeat`, {}, token),
    await send('POST', `/workers/${other.id}/claims`, {}, token),
  ];

  expect(attempts.map(({ statusCode }) => statusCode)).toEqual(Array(attempts.length).fill(401));
  expect((await send('POST', `/workers/${id}/claims`, {}, token)).json()).toEqual({ data: [] });
});

test('a poll is a heartbeat', async () => {
  const { id, token } = await createAgent();
  await testApi().owner.query(
    `update worker set state = 'offline', state_cause = 'by hand', last_heartbeat = liveness_now() - interval '1 hour'
     where id = $1`,
    [id],
  );

  expect((await send('POST', `/workers/${id}/claims`, {}, token)).json()).toEqual({ data: [] });

  const { rows } = await testApi().owner.query(
    `select state, last_heartbeat > liveness_now() - interval '1 minute' as "isRecent" from worker where id = $1`,
    [id],
  );
  expect(rows).toEqual([{ state: 'online', isRecent: true }]);
});
