import type { QueueItem } from '../../../contract/queues';
import { withQueueApi } from './with-queue';

const api = withQueueApi();

const KEYED = { item_key: 'k', payload: { a: 1, b: 2 }, metadata: { m: 1 }, priority: 5 };

test('a new item is returned whole', async () => {
  const queue = await api.create({ enabled: false, default_priority: 3 });

  const response = await api.enqueue(queue.ref, { payload: { n: 1 } });

  expect(response.statusCode).toBe(201);
  const item = response.json<{ data: QueueItem }>().data;
  expect(item).toEqual({
    id: expect.any(Number) as number,
    queue: queue.id,
    queue_ref: queue.ref,
    item_key: null,
    priority: 3,
    status: 'queued',
    payload: { n: 1 },
    metadata: {},
    enqueue_source: 'api',
    attempt_count: 0,
    requested_by_identity: expect.any(Number) as number,
    requested_by_execution: null,
    requested_by_enforcement: null,
    leased_execution: null,
    lease_token: null,
    lease_expires_at: null,
    last_error: null,
    ack_summary: null,
    created: expect.any(String) as string,
    updated: expect.any(String) as string,
  });
});

test('items are listed by priority and filtered', async () => {
  const { ref } = await api.create({ enabled: false });
  await api.enqueue(ref, { payload: 'low', item_key: 'x' });
  await api.enqueue(ref, { payload: 'high', priority: 9 });

  expect((await api.items(ref)).map(({ payload }) => payload)).toEqual(['high', 'low']);
  expect((await api.items(ref, 'item_key=x&statuses=queued,retry')).map(({ payload }) => payload)).toEqual(['low']);
  expect(await api.items(ref, 'statuses=completed')).toEqual([]);
  expect(await api.items(ref, 'statuses=completed&statuses=retry')).toEqual([]);
  const pending = await api.items(ref, 'statuses=queued&statuses=retry');
  expect(pending.map(({ payload }) => payload)).toEqual(['high', 'low']);
  expect(await api.codeOf(api.send('GET', `/queues/${ref}/items?statuses=lost`))).toEqual([400, 'BAD_REQUEST']);
});

test('an item is read by its id, in its own queue', async () => {
  const { ref } = await api.create({ enabled: false });
  const other = await api.create({ enabled: false });
  await api.enqueue(ref, KEYED);
  const [item] = await api.items(ref);

  expect(await api.dataOf(api.send('GET', `/queues/${ref}/items/${item!.id}`))).toEqual(item);
  for (const path of [`${ref}/items/${item!.id + 1}`, `${other.ref}/items/${item!.id}`, `none/items/${item!.id}`])
    expect(await api.codeOf(api.send('GET', `/queues/${path}`))).toEqual([404, 'NOT_FOUND']);
});

test('a second item with a key is another item by default', async () => {
  const { ref } = await api.create({ enabled: false });

  expect((await api.enqueue(ref, KEYED)).statusCode).toBe(201);
  expect((await api.enqueue(ref, KEYED)).statusCode).toBe(201);
  expect(await api.items(ref)).toHaveLength(2);
});

test('an immutable pending item refuses a second one', async () => {
  const { ref } = await api.create({ enabled: false, allow_pending_update: true, update_strategy: 'immutable' });
  await api.enqueue(ref, KEYED);

  expect(await api.codeOf(api.enqueue(ref, { ...KEYED, payload: 2 }))).toEqual([409, 'CONFLICT']);
  expect(await api.items(ref)).toMatchObject([KEYED]);
});

test('a second item replaces the pending one', async () => {
  const { ref } = await api.create({ enabled: false, allow_pending_update: true, default_priority: 1 });
  await api.enqueue(ref, KEYED);

  const response = await api.enqueue(ref, { item_key: 'k', payload: { c: 3 } });

  expect(response.statusCode).toBe(200);
  expect(await api.items(ref)).toMatchObject([{ payload: { c: 3 }, metadata: {}, priority: 1 }]);
});

test('a second item is merged into the pending one and validated', async () => {
  const item_schema = { a: { type: 'integer' }, b: { type: 'integer' } };
  const merging = { allow_pending_update: true, update_strategy: 'merge_patch' as const, item_schema };
  const { ref } = await api.create({ enabled: false, ...merging });
  await api.enqueue(ref, KEYED);

  expect((await api.enqueue(ref, { item_key: 'k', payload: { a: null, b: 7 } })).statusCode).toBe(200);
  expect(await api.codeOf(api.enqueue(ref, { item_key: 'k', payload: { b: 'x' } }))).toEqual([422, 'VALIDATION_ERROR']);

  const [item] = await api.items(ref);
  expect(item).toMatchObject({ payload: { b: 7 }, metadata: { m: 1 }, priority: 5 });
  expect(item!.payload).not.toHaveProperty('a');
});

test('a payload is data: braces in its texts are no template', async () => {
  const { ref } = await api.create({ enabled: false, item_schema: { a: { type: 'integer' } } });

  expect(await api.codeOf(api.enqueue(ref, { payload: { a: '{{ x }}' } }))).toEqual([422, 'VALIDATION_ERROR']);

  expect(await api.items(ref)).toEqual([]);
});

test('concurrent items with one key become one item', async () => {
  const { ref } = await api.create({ enabled: false, allow_pending_update: true });

  const sent = await Promise.all([1, 2, 3, 4].map((payload) => api.enqueue(ref, { item_key: 'k', payload })));

  expect(sent.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 201]);
  expect(await api.items(ref)).toHaveLength(1);
});

test('a payload of more than 1 MiB is refused and not stored', async () => {
  const { ref } = await api.create({ enabled: false });

  const response = await api.enqueue(ref, { payload: 'x'.repeat(1_048_576 - 1) });

  expect([response.statusCode, response.json<object>()]).toEqual([
    422,
    {
      error: 'payload has 1048577 bytes: at most 1048576',
      code: 'VALIDATION_ERROR',
      details: { path: 'payload' },
    },
  ]);
  expect(await api.items(ref)).toEqual([]);
  expect((await api.enqueue(ref, { payload: 'x'.repeat(1_048_576 - 2) })).statusCode).toBe(201);
});

test('a closed queue refuses items', async () => {
  const { ref } = await api.create({ enabled: false, accepting_new_items: false });

  expect(await api.codeOf(api.enqueue(ref, { payload: 1 }))).toEqual([409, 'CONFLICT']);
  expect(await api.items(ref)).toEqual([]);
});

test('a pending item is changed and deleted, another one is not', async () => {
  const { ref } = await api.create({ enabled: false });
  await api.enqueue(ref, KEYED);
  const [item] = await api.items(ref);
  const path = `/queues/${ref}/items/${item!.id}`;

  const changed = await api.dataOf<QueueItem>(api.send('PUT', path, { item_key: { op: 'clear' }, priority: 8 }));
  expect(changed).toMatchObject({ item_key: null, priority: 8, payload: KEYED.payload });
  await api.api().owner.query(`update work_queue_item set status = 'completed' where id = $1`, [item!.id]);
  expect(await api.codeOf(api.send('PUT', path, { priority: 1 }))).toEqual([409, 'CONFLICT']);
  expect(await api.codeOf(api.send('DELETE', path))).toEqual([409, 'CONFLICT']);
  await api.api().owner.query(`update work_queue_item set status = 'retry' where id = $1`, [item!.id]);
  expect((await api.send('DELETE', path)).json()).toEqual({ success: true, message: `Queue item ${item!.id} deleted` });
  expect(await api.codeOf(api.send('DELETE', path))).toEqual([404, 'NOT_FOUND']);
});

test('a page of items is answered up to 64 MiB, and refused beyond', async () => {
  const { id, ref } = await api.create({ enabled: false });
  await api.api().owner.query(
    `insert into work_queue_item (tenant, queue, queue_ref, priority, payload, status)
      select 1, $1, $2, 0, to_json(repeat('x', 1048574)), 'queued' from generate_series(1, 70)`,
    [id, ref],
  );

  const refused = await api.send('GET', `/queues/${ref}/items?per_page=1000000000`);

  expect([refused.statusCode, refused.json()]).toMatchObject([
    422,
    { code: 'VALIDATION_ERROR', details: { path: 'per_page' } },
  ]);
  expect(await api.items(ref)).toHaveLength(50);
  expect(await api.items(ref, 'page=2')).toHaveLength(20);
});
