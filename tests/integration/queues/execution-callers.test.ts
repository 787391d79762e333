import pino from 'pino';
import type { Event } from '../../../contract/events';
import type { QueueItem } from '../../../contract/queues';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { withQueueApi } from './with-queue';
import { tokenOfExecution } from '../api/test-tokens';

const api = withQueueApi();
/** Executions in a chain of causes. */
const DEPTH = 64;

/** The token of a running execution that holds a permission set of these actions on queues. */
async function executionToken(actions: readonly string[], depth = 0) {
  const { owner } = api.api();
  const set = `test.queues-${actions.join('-') || 'none'}-${depth}`;
  const grants = JSON.stringify(actions.length === 0 ? [] : [{ resource: 'queues', actions }]);
  const { rows } = await owner.query<{ identity: number; execution: number }>(
    `with held as (insert into permission_set (ref, grants) values ($1, $2) returning id),
      running as (insert into execution (action_ref, status, started_at, causation_depth, executor)
        select 'core.echo', 'running', platform_now(), $3, i.id from identity i order by i.id limit 1 returning id, executor)
     select running.id as execution, running.executor as identity from running, held`,
    [set, grants, depth],
  );
  const { identity, execution } = rows[0]!;
  const token = await tokenOfExecution(execution, [set], { identity, action_ref: 'core.echo' });
  return { token, identity, chain: `execution:${execution}` };
}

test('a running action with the grant adds an item, as its identity', async () => {
  const { ref } = await api.create({ enabled: false });
  const { token, identity } = await executionToken(['read', 'create']);

  const response = await api.send('POST', `/queues/${ref}/items`, { payload: { n: 1 } }, token);

  expect(response.statusCode).toBe(201);
  expect(response.json<{ data: QueueItem }>().data).toMatchObject({
    requested_by_identity: identity,
    requested_by_execution: null,
    enqueue_source: 'api',
    status: 'queued',
  });
});

test('a running action without a grant finds no queue and changes none', async () => {
  const { ref } = await api.create({ enabled: false });
  const { token } = await executionToken([]);
  const add = api.send('POST', `/queues/${ref}/items`, { payload: 1 }, token);

  expect(await api.codeOf(add)).toEqual([403, 'FORBIDDEN']);
  expect(await api.codeOf(api.send('GET', `/queues/${ref}`, undefined, token))).toEqual([404, 'NOT_FOUND']);
  expect(await api.codeOf(api.send('GET', '/queues', undefined, token))).toEqual([403, 'FORBIDDEN']);
  expect(await api.items(ref)).toEqual([]);
});

test('a running action changes and removes items only with these grants', async () => {
  const { ref } = await api.create({ enabled: false });
  const item = (await api.enqueue(ref, { payload: 1 })).json<{ data: QueueItem }>().data;
  const path = `/queues/${ref}/items/${item.id}`;
  const { token: reader } = await executionToken(['read']);
  const { token: writer } = await executionToken(['read', 'update', 'delete']);

  const denied = [
    await api.send('PUT', path, { priority: 2 }, reader),
    await api.send('DELETE', path, undefined, reader),
    await api.send('PUT', `/queues/${ref}`, { enabled: true }, reader),
  ];
  expect(denied.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);

  expect((await api.send('PUT', path, { priority: 2 }, writer)).statusCode).toBe(200);
  expect((await api.items(ref)).map(({ priority }) => priority)).toEqual([2]);
  expect((await api.send('DELETE', path, undefined, writer)).statusCode).toBe(200);
  expect(await api.items(ref)).toEqual([]);
});

test('a running action creates queues only for what its token may execute', async () => {
  const { token } = await executionToken(['create', 'read']);
  const body = { ref: 'q-of-token', label: 'Q', dispatch_action_ref: 'core.echo' };

  expect(await api.codeOf(api.send('POST', '/queues', body, token))).toEqual([403, 'FORBIDDEN']);
  expect((await api.send('GET', '/queues/q-of-token')).statusCode).toBe(404);
});

test('what runs for an item of a running action belongs to its chain', async () => {
  const concurrency = { source: 'literal', value: 2 };
  const { ref, id } = await api.create({ config: { dispatch: { concurrency } } });
  const { token, chain } = await executionToken(['read', 'create'], 5);
  const other = await executionToken(['create', 'read'], 3);
  for (const each of [other, { token }])
    expect((await api.send('POST', `/queues/${ref}/items`, { payload: 1, item_key: 'k' }, each.token)).statusCode).toBe(
      201,
    );

  await dispatchQueues(api.api().db, pino({ level: 'error' }));

  const { rows } = await api.api().owner.query<{ depth: number; chain: string }>(
    `select e.causation_depth as depth, e.correlation_id as chain from execution e
     join work_queue_dispatch d on d.id = e.queue_dispatch where d.queue = $1 order by e.causation_depth`,
    [id],
  );
  expect(rows).toEqual([
    { depth: 4, chain: other.chain },
    { depth: 6, chain },
  ]);
});

test('LD-03 an item that is too deep in its chain has failed, with one alert', async () => {
  const { ref } = await api.create({ enabled: false });
  const { token, chain } = await executionToken(['read', 'create'], DEPTH - 1);
  const add = async () =>
    api.dataOf<QueueItem>(api.send('POST', `/queues/${ref}/items`, { payload: 1, item_key: 'k' }, token));

  const added = [await add(), await add()];

  expect(added).toMatchObject(
    [1, 2].map(() => ({ status: 'failed', last_error: expect.stringMatching(/^LOOP_LIMIT: /) as string })),
  );
  expect(await api.itemsOf<Event>(`/events?trigger_ref=core.alert&correlation_id=${chain}`)).toHaveLength(1);
});
