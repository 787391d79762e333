import pino from 'pino';
import type { Event } from '../../../contract/events';
import type { ExecutionSummary } from '../../../contract/executions';
import type { QueueItem } from '../../../contract/queues';
import { processLoopAlert } from '../../../platform/executor/events/process-event';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { findActionToExecute } from '../../../platform/store/executions/executions';
import { withQueueApi } from './with-queue';
import { tokenOfExecution } from '../api/test-tokens';

const api = withQueueApi();
/** Executions in a chain of causes. */
const LIMIT = 64;
const LOOP = { status: 'failed', last_error: expect.stringMatching(/^LOOP_LIMIT: /) as string };

const query = (statement: string, ...values: unknown[]) => api.api().owner.query(statement, values);

const dispatch = () => dispatchQueues(api.api().db, pino({ level: 'error' }));

/** Ends the leased items and executions of a queue, and processes that it is empty. */
async function drain(queue: number): Promise<void> {
  await query(`update work_queue_item set status = 'completed' where queue = $1 and status = 'leased'`, queue);
  await query(`update work_queue_dispatch set status = 'closed' where queue = $1`, queue);
  await dispatch();
}

/** Adds an item with the token of an execution. */
async function enqueueBy(execution: number, ref: string): Promise<QueueItem> {
  const token = await tokenOfExecution(execution, ['core.admin']);
  return api.dataOf<QueueItem>(api.send('POST', `/queues/${ref}/items`, { payload: 1 }, token));
}

const alertsOf = (chain: string) => api.itemsOf<Event>(`/events?trigger_ref=core.alert&correlation_id=${chain}`);

test('S0-68 a rule of the empty queue that refills it ends at 64 executions', async () => {
  const { ref, id } = await api.create({});
  const rule = await api.rule('core.queue_empty');
  await api.enqueue(ref, { payload: 1 });
  await dispatch();
  const [first] = await api.itemsOf<ExecutionSummary>('/executions?action_ref=core.echo');

  const refill = async (round: number): Promise<QueueItem> => {
    await drain(id);
    const [fired] = await api.itemsOf<ExecutionSummary>(`/executions?rule_ref=${rule.ref}&per_page=1`);
    const item = await enqueueBy(fired!.id, ref);
    await dispatch();
    return item.status === 'failed' || round > LIMIT ? item : refill(round + 1);
  };

  expect(await refill(1)).toMatchObject(LOOP);
  const chain = `execution:${first!.id}`;
  expect(await api.itemsOf(`/executions?correlation_id=${chain}&per_page=100`)).toHaveLength(LIMIT);
  expect(await alertsOf(chain)).toHaveLength(1);
});

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

test('rejections of one chain at the same time have one alert', async () => {
  const { db, owner } = api.api();
  const chain = 'execution:4711';
  const createAlert = () =>
    new Promise<{ commit: () => void; ended: Promise<void> }>((resolve, reject) => {
      const ended = db.inTenant(1, async (transaction) => {
        const action = await findActionToExecute(transaction, 'core.echo');
        await processLoopAlert(transaction, 1, action!, chain);
        await new Promise<void>((commit) => resolve({ commit, ended }));
      });
      ended.catch(reject);
    });
  const first = await createAlert();
  let other: Awaited<ReturnType<typeof createAlert>> | undefined;
  const second = createAlert().then((created) => (other = created));

  while (other === undefined) {
    const { rowCount } = await owner.query(`select from pg_locks where locktype = 'advisory' and not granted`);
    if (rowCount! > 0) break;
  }
  first.commit();
  (await second).commit();
  await Promise.all([first.ended, other!.ended]);

  expect(await alertsOf(chain)).toHaveLength(1);
});
