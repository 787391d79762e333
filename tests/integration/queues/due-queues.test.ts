import { sql, type RawBuilder } from 'kysely';
import pino from 'pino';
import type { JsonObject } from '../../../contract/json';
import { randomName } from '../../../helpers/scenario/names';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { listDueQueues } from '../../../platform/store/queues/dispatches';
import { insertItem } from '../../../platform/store/queues/items';
import { createQueue, type QueueRow } from '../../../platform/store/queues/queues';
import { completed, TENANT, withExecutor } from '../executor/with-executor';

const executor = withExecutor();
const log = pino({ level: 'error' });

const make = (dispatch: JsonObject = {}, action = 'test.act'): Promise<QueueRow> =>
  executor
    .db()
    .inTenant(TENANT, (transaction) =>
      createQueue(
        transaction,
        { ref: `q${randomName(8)}`, label: 'Q', dispatch_action_ref: action, config: { dispatch } },
        { dispatch_action_ref: action },
      ),
    );
const add = (queue: QueueRow, payload: number) =>
  executor.db().inTenant(TENANT, (transaction) => insertItem(transaction, queue, { payload }, { identity: 1 }));
/** Dispatches queues, and starts every execution that they requested. */
async function startNext() {
  await dispatchQueues(executor.db(), log);
  await executor.dispatch();
  const attempts = await executor.claim(50);
  for (const attempt of attempts) await executor.start(attempt);
  return attempts;
}
const isDue = async ({ id }: QueueRow): Promise<boolean> =>
  (await listDueQueues(executor.db())).some(({ queue }) => queue === id);
const execute = (statement: RawBuilder<unknown>) =>
  executor.db().inTenant(TENANT, (transaction) => statement.execute(transaction));

test.each<[string, JsonObject, number]>([
  ['a literal one', { concurrency: { source: 'literal', value: 2 } }, 2],
  ['none of its own', {}, 1],
])('a queue with %s is due below its concurrency only', async (_what, dispatch, most) => {
  const queue = await make(dispatch);
  expect(await isDue(queue)).toBe(false);
  for (let n = 0; n <= most; n++) await add(queue, n);
  expect(await isDue(queue)).toBe(true);
  const attempts = await startNext();
  expect(attempts).toHaveLength(most);

  expect(await isDue(queue)).toBe(false);

  await executor.finish(attempts[0]!, completed({}));
  expect(await isDue(queue)).toBe(true);
  await execute(sql`delete from work_queue where id = ${queue.id}`);
});

test('a queue whose concurrency is read elsewhere stays due', async () => {
  const queue = await make({ concurrency: { source: 'pack_config', path: 'n', fallback: 1 } });
  await add(queue, 1);
  await add(queue, 2);
  expect(await startNext()).toHaveLength(1);

  expect(await isDue(queue)).toBe(true);
  await execute(sql`delete from work_queue where id = ${queue.id}`);
});

test('an item that can be changed is not leased, and holds no other up', async () => {
  const concurrency = { source: 'literal', value: 3 };
  const [fresh, mixed] = [await make({ concurrency }), await make({ concurrency })];
  const addChangeable = (queue: QueueRow, payload: number) =>
    executor
      .db()
      .inTenant(TENANT, (transaction) =>
        insertItem(transaction, queue, { payload, priority: 9 }, { identity: 1, changeableMs: 3_600_000 }),
      );
  await addChangeable(fresh, 1);
  await addChangeable(mixed, 2);
  await add(mixed, 3);

  expect([await isDue(fresh), await isDue(mixed)]).toEqual([false, true]);
  expect((await startNext()).map(({ parameters }) => parameters)).toEqual([{ item: 3 }]);
  expect([await isDue(fresh), await isDue(mixed)]).toEqual([false, false]);

  await execute(sql`update work_queue_item set not_before = platform_now() where not_before is not null`);
  expect([await isDue(fresh), await isDue(mixed)]).toEqual([true, true]);
  expect(await startNext()).toHaveLength(2);
  for (const { id } of [fresh, mixed]) await execute(sql`delete from work_queue where id = ${id}`);
});

test('a queue is not due while its owner or its action is missing', async () => {
  const [owned, gone, frozen, without] = [await make(), await make(), await make(), await make({}, 'test.none')];
  for (const queue of [owned, gone, frozen, without]) await add(queue, 1);
  const { rows } = await executor.db().inTenant(TENANT, (transaction) =>
    sql<{
      id: number;
    }>`insert into identity (login, frozen) values ('frozen@example.test', true), ('free@example.test', false)
      returning id`.execute(transaction),
  );
  const [frozenOwner, owner] = rows.map(({ id }) => id);
  await execute(sql`update work_queue set owner_identity = ${owner} where id = ${owned.id}`);
  await execute(sql`update work_queue set owner_gone = true where id = ${gone.id}`);
  await execute(sql`update work_queue set owner_identity = ${frozenOwner} where id = ${frozen.id}`);

  expect(await Promise.all([owned, gone, frozen, without].map(isDue))).toEqual([true, false, false, false]);
});
