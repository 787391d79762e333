import pino from 'pino';
import type { Event } from '../../../contract/events';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { withQueueApi } from './with-queue';

const api = withQueueApi();
/** Executions in a chain of causes. */
const LIMIT = 64;
const LOOP = { status: 'failed', last_error: expect.stringMatching(/^LOOP_LIMIT: /) as string };

const query = (statement: string, ...values: unknown[]) => api.api().owner.query(statement, values);

const dispatch = () => dispatchQueues(api.api().db, pino({ level: 'error' }));

const alertsOf = (chain: string) => api.itemsOf<Event>(`/events?trigger_ref=core.alert&correlation_id=${chain}`);

test('S0-68 a queue does not dispatch an item that is too deep in its chain', async () => {
  const batch_size = { source: 'literal', value: 2 } as const;
  const { ref } = await api.create({ batch_mode: 'batch', config: { dispatch: { batch_size } } });
  for (const item_key of ['deep', 'other']) await api.enqueue(ref, { payload: 1, item_key });
  const chain = `execution:of-${ref}`;
  const where = `where queue_ref = $1 and item_key = 'deep'`;
  await query(`update work_queue_item set causation_depth = $2, correlation_id = $3 ${where}`, ref, LIMIT, chain);

  await dispatch();

  const [deep, other] = await api.items(ref);
  expect([deep, other]).toMatchObject([{ ...LOOP, leased_execution: null }, { status: 'leased' }]);
  expect(await api.itemsOf(`/executions?correlation_id=${chain}`)).toEqual([]);
  expect(await alertsOf(chain)).toHaveLength(1);
});
