import pino from 'pino';
import type { QueueItem } from '../../../contract/queues';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { withQueueApi } from './with-queue';

const api = withQueueApi({ selfRegistration: true, queueChangeMs: 3_600_000 });

const dispatch = () => dispatchQueues(api.api().db, pino({ level: 'error' }));
const addTo = async (ref: string, item: object = { payload: { n: 1 } }) =>
  (await api.send('POST', `/queues/${ref}/items`, item)).json<{ data: QueueItem }>().data;
const endChanges = () => api.api().owner.query('update work_queue_item set not_before = platform_now()');

test('a new item of an enabled queue can be changed and deleted', async () => {
  const { ref } = await api.create();
  const [changed, removed] = [await addTo(ref), await addTo(ref)];
  await dispatch();

  const change = { payload: { n: 2 }, priority: 4, item_key: { op: 'set', value: 'k' }, metadata: { by: 'me' } };
  const response = await api.send('PUT', `/queues/${ref}/items/${changed.id}`, change);
  expect([response.statusCode, response.json<object>()]).toMatchObject([
    200,
    { data: { status: 'queued', payload: { n: 2 }, priority: 4, item_key: 'k', metadata: { by: 'me' } } },
  ]);
  expect((await api.send('DELETE', `/queues/${ref}/items/${removed.id}`)).statusCode).toBe(200);

  await endChanges();
  await dispatch();
  expect(await api.items(ref)).toMatchObject([{ id: changed.id, status: 'leased', payload: { n: 2 } }]);
  const late = api.send('PUT', `/queues/${ref}/items/${changed.id}`, { priority: 5 });
  expect(await api.codeOf(late)).toEqual([409, 'CONFLICT']);
});

test('a new item with the key of a pending one changes that', async () => {
  const { ref } = await api.create({ allow_pending_update: true });
  const first = await addTo(ref, { payload: 1, item_key: 'k' });
  await dispatch();

  expect(await addTo(ref, { payload: 2, item_key: 'k' })).toMatchObject({ id: first.id, payload: 2 });
  await endChanges();
  await dispatch();
  expect(await api.items(ref)).toMatchObject([{ id: first.id, status: 'leased' }]);
  expect(await addTo(ref, { payload: 3, item_key: 'k' })).toMatchObject({ status: 'queued', payload: 3 });
});
