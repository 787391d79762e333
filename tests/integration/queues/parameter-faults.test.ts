import pino from 'pino';
import type { Json, JsonObject } from '../../../contract/json';
import { randomName } from '../../../helpers/scenario/names';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { insertItem, listItems } from '../../../platform/store/queues/items';
import { createQueue, type QueueRow } from '../../../platform/store/queues/queues';
import { TENANT, withExecutor } from '../executor/with-executor';

const executor = withExecutor();
const log = pino({ level: 'error' });
const ACTION = 'test.act';

/** A queue with these parameters and an item of each payload. */
const queueOf = (actionParams: JsonObject, payloads: readonly Json[]): Promise<QueueRow> =>
  executor.db().inTenant(TENANT, async (transaction) => {
    const settings = { ref: `q${randomName(8)}`, label: 'Q', dispatch_action_ref: ACTION, action_params: actionParams };
    const queue = await createQueue(transaction, settings, { dispatch_action_ref: ACTION });
    for (const payload of payloads) await insertItem(transaction, queue, { payload }, { identity: 1 });
    return queue;
  });

const itemsOf = async ({ id }: QueueRow) => {
  const listed = executor
    .db()
    .inTenant(TENANT, (transaction) => listItems(transaction, id, {}, { offset: 0, limit: 10 }));
  return (await listed).rows;
};

/** The attempts that the dispatch of all queues makes. */
async function attempts() {
  await dispatchQueues(executor.db(), log);
  await executor.dispatch();
  return executor.claim(10);
}

test.each([
  ['a sum with a text', '{{ item.n + 1 }}', { n: 'x' }],
  ['a filter of a missing key', '{{ item.missing | upper }}', { n: 1 }],
  ['text around it', 'n={{ item.n * 2 }}', { n: [] }],
])('an item fails with the fault of an expression: %s', async (_what, value, payload) => {
  const queue = await queueOf({ value }, [payload]);

  expect(await attempts()).toEqual([]);

  const [item] = await itemsOf(queue);
  expect(item).toMatchObject({ status: 'failed', leased_execution: null, attempt_count: 0 });
  expect(item!.last_error).toMatch(/^QUEUE_BROKEN: the parameter \{\{ .* \}\}: column \d+: /);
});

test('an item with a fault does not delay the others', async () => {
  const queue = await queueOf({ value: '{{ item.n + 1 }}', path: '{{ item.missing }}' }, [{ n: 'x' }, { n: 1 }]);

  const started = await attempts();

  expect(started.map(({ parameters }) => parameters)).toEqual([{ value: 2, path: null }]);
  expect((await itemsOf(queue)).map(({ status }) => status)).toEqual(expect.arrayContaining(['failed', 'leased']));
});
