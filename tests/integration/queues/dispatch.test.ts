import pino from 'pino';
import type { Json, JsonObject } from '../../../contract/json';
import type { CreateQueue } from '../../../contract/queues';
import { randomName } from '../../../helpers/scenario/names';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { createQueue, type QueueRow } from '../../../platform/store/queues/queues';
import { insertItem, listItems } from '../../../platform/store/queues/items';
import { completed, failed, TENANT, withExecutor } from '../executor/with-executor';

const executor = withExecutor();
const log = pino({ level: 'error' });

const make = (more: Partial<CreateQueue> = {}, action = 'test.act'): Promise<QueueRow> =>
  executor
    .db()
    .inTenant(TENANT, (transaction) =>
      createQueue(
        transaction,
        { ref: `q${randomName(8)}`, label: 'Q', dispatch_action_ref: action, ...more },
        { dispatch_action_ref: action },
      ),
    );
const add = async (queue: QueueRow, ...payloads: Json[]): Promise<number[]> => {
  const ids: number[] = [];
  for (const payload of payloads) {
    const { id } = await executor
      .db()
      .inTenant(TENANT, (transaction) => insertItem(transaction, queue, { payload }, { identity: 1 }));
    ids.push(id);
  }
  return ids;
};
const items = async (queue: QueueRow) =>
  (
    await executor
      .db()
      .inTenant(TENANT, (transaction) => listItems(transaction, queue.id, {}, { offset: 0, limit: 1_000 }))
  ).rows;
const statuses = async (queue: QueueRow) => (await items(queue)).map(({ status }) => status);
const dispatch = () => dispatchQueues(executor.db(), log);

/** Dispatches queues, and starts every execution that they requested. */
async function startNext() {
  await dispatch();
  await executor.dispatch();
  const attempts = await executor.claim(50);
  for (const attempt of attempts) expect(await executor.start(attempt)).toBe(true);
  return attempts;
}

const concurrency = (value: number) => ({ concurrency: { source: 'literal', value } });
const ackOf = (ids: readonly number[], more: JsonObject = {}): JsonObject => ({
  data: { queue_ack: { version: 1, items: ids.map((id) => ({ id, status: 'completed', ...more })) } },
});

test('an item is leased to an execution and completed by its acknowledgement', async () => {
  const queue = await make();
  const [id] = await add(queue, { n: 1 });

  const [attempt] = await startNext();
  expect(await items(queue)).toMatchObject([
    { id, status: 'leased', attempt_count: 1, leased_execution: attempt!.execution },
  ]);
  expect((await items(queue))[0]!.lease_token).toMatch(/^[0-9a-f-]{36}$/);
  expect(attempt!.parameters).toEqual({ n: 1 });
  expect(await executor.finish(attempt!, completed(ackOf([id!], { summary: { kept: 2 } })))).toBe(true);

  expect(await items(queue)).toMatchObject([
    {
      status: 'completed',
      leased_execution: null,
      lease_token: null,
      lease_expires_at: null,
      last_error: null,
      ack_summary: { status: 'completed', summary: { kept: 2 } },
    },
  ]);
  const { status, result } = await executor.get(attempt!.execution);
  expect([status, (result as JsonObject).queue_ack]).toEqual([
    'completed',
    (ackOf([id!], { summary: { kept: 2 } }).data as JsonObject).queue_ack,
  ]);
});

test('action_params are rendered with the item', async () => {
  const action_params = {
    id: '{{ queue_item.id }}',
    of: '{{ item.n }}',
    mode: '{{ queue.batch_mode }}',
    all: '{{ items }}',
  };
  const queue = await make({ action_params });
  const [id] = await add(queue, { n: 7 });

  const [attempt] = await startNext();

  expect(attempt!.parameters).toEqual({ id, of: 7, mode: 'single', all: [{ n: 7 }] });
  await executor.finish(attempt!, completed(ackOf([id!])));
});

test('a failed execution acknowledges items in its text output', async () => {
  const queue = await make();
  const [id] = await add(queue, 1);
  const [attempt] = await startNext();
  const stdout = `working\n${JSON.stringify(ackOf([id!]).data)}\n`;

  const outcome = failed();
  await executor.finish(attempt!, { ...outcome, result: { ...outcome.result, stdout } });

  expect(await statuses(queue)).toEqual(['completed']);
  expect((await executor.get(attempt!.execution)).status).toBe('failed');
});

test('an execution without an acknowledgement fails, its item is tried again', async () => {
  const queue = await make({ config: { dispatch: { retry_limit: 1 } } });
  await add(queue, 1);

  const [first] = await startNext();
  await executor.finish(first!, completed());
  expect(await items(queue)).toMatchObject([{ status: 'retry', attempt_count: 1, leased_execution: null }]);
  expect(await executor.get(first!.execution)).toMatchObject({
    status: 'failed',
    result: {
      succeeded: false,
      error: 'the output has no queue_ack',
      queue_ack_error: { code: 'QUEUE_ACK_MISSING', message: 'the output has no queue_ack' },
    },
  });

  const [second] = await startNext();
  await executor.finish(second!, completed());
  expect(await items(queue)).toMatchObject([
    { status: 'failed', attempt_count: 2, last_error: 'the output has no queue_ack', ack_summary: null },
  ]);
});

test('an item that is acknowledged with retry fails beyond the limit', async () => {
  const queue = await make();
  const [id] = await add(queue, 1);
  const [attempt] = await startNext();

  await executor.finish(attempt!, completed(ackOf([id!], { status: 'retry', error: 'busy' })));

  expect(await items(queue)).toMatchObject([
    {
      status: 'failed',
      last_error: 'busy',
      ack_summary: { status: 'retry', effective_status: 'failed', error: 'busy' },
    },
  ]);
  expect((await executor.get(attempt!.execution)).status).toBe('completed');
});

const QUEUE_ACK = { version: 1, items: [{ id: '{{ parameters.id }}', status: 'completed' }] };

test.each([
  ['acknowledges its item', { queue_ack: QUEUE_ACK }, 'completed', 'completed'],
  ['without an acknowledgement fails', {}, 'failed', 'failed'],
])('a workflow %s', async (what, output_map, status, itemStatus) => {
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'test.act' }], output_map };
  const action = await executor.createWorkflow(`flow-${what.length}`, definition);
  const queue = await make({ action_params: { id: '{{ queue_item.id }}' } }, action);
  const [id] = await add(queue, 1);

  expect(await startNext()).toEqual([]);
  const workflow = (await items(queue))[0]!.leased_execution!;
  await executor.advance(workflow);
  const [attempt] = await startNext();
  await executor.finish(attempt!, completed());
  await executor.advance(workflow);

  const { status: ended, result } = await executor.get(workflow);
  expect([ended, (await items(queue))[0]]).toMatchObject([status, { id, status: itemStatus }]);
  expect(result).toHaveProperty(status === 'completed' ? 'queue_ack' : 'queue_ack_error');
});

test('a second end of the same attempt changes nothing', async () => {
  const queue = await make();
  const [id] = await add(queue, 1);
  const [attempt] = await startNext();

  expect(await executor.finish(attempt!, completed(ackOf([id!])))).toBe(true);
  expect(await executor.finish(attempt!, completed(ackOf([id!], { status: 'failed' })))).toBe(false);

  expect(await statuses(queue)).toEqual(['completed']);
});

test('an attempt that lost its lease acknowledges nothing', async () => {
  const queue = await make();
  const [id] = await add(queue, 1);
  const [attempt] = await startNext();

  const stale = { ...attempt!, fencingToken: attempt!.fencingToken - 1_000_000 };
  expect(await executor.finish(stale, completed(ackOf([id!])))).toBe(false);
  expect(await statuses(queue)).toEqual(['leased']);
  await executor.finish(attempt!, completed(ackOf([id!])));
});

test('the items of an abandoned execution are tried again', async () => {
  const queue = await make({ config: { dispatch: { retry_limit: 1 } } });
  await add(queue, 1);
  const [attempt] = await startNext();

  await executor.loseLease(attempt!);
  await executor.recover(attempt!.execution, 0);

  expect((await executor.get(attempt!.execution)).status).toBe('abandoned');
  expect(await items(queue)).toMatchObject([
    {
      status: 'retry',
      leased_execution: null,
      lease_token: null,
      last_error: `execution ${attempt!.execution} ended abandoned without an acknowledgement`,
    },
  ]);
  const [again] = await startNext();
  await executor.finish(again!, completed(ackOf([(await items(queue))[0]!.id])));
});

test('no more executions run than the concurrency allows', async () => {
  const queue = await make({ config: { dispatch: concurrency(2) } });
  const ids = await add(queue, 1, 2, 3);

  const attempts = await startNext();
  expect(attempts).toHaveLength(2);
  expect(await startNext()).toEqual([]);
  expect(await statuses(queue)).toEqual(['leased', 'leased', 'queued']);

  await executor.finish(attempts[0]!, completed(ackOf([ids[0]!])));
  const [third] = await startNext();
  await executor.finish(third!, completed(ackOf([ids[2]!])));
  await executor.finish(attempts[1]!, completed(ackOf([ids[1]!])));
  expect(await statuses(queue)).toEqual(['completed', 'completed', 'completed']);
});

test('a batch is acknowledged as a whole', async () => {
  const batch_size = { source: 'literal', value: 2 };
  const queue = await make({ batch_mode: 'batch', config: { dispatch: { batch_size, retry_limit: 5 } } });
  const ids = await add(queue, 'a', 'b', 'c');

  const [attempt] = await startNext();
  expect(attempt!.parameters).toEqual({ items: ['a', 'b'] });
  await executor.finish(attempt!, completed(ackOf(ids.slice(0, 1))));
  expect(await statuses(queue)).toEqual(['retry', 'retry', 'queued']);

  const [second] = await startNext();
  await executor.finish(second!, completed(ackOf(ids.slice(0, 2))));
  const [third] = await startNext();
  await executor.finish(third!, completed(ackOf(ids.slice(2))));
  expect(await statuses(queue)).toEqual(['completed', 'completed', 'completed']);
});

test('a batch has the items of one group', async () => {
  const dispatching = { batch_size: { source: 'literal', value: 10 }, coalescing: { group_by_path: 'host' } };
  const queue = await make({ batch_mode: 'batch', config: { dispatch: dispatching } });
  const ids = await add(queue, { host: 'a', n: 1 }, { host: 'b', n: 2 }, { host: 'a', n: 3 });

  const [attempt] = await startNext();

  expect(attempt!.parameters).toEqual({
    items: [
      { host: 'a', n: 1 },
      { host: 'a', n: 3 },
    ],
  });
  await executor.finish(attempt!, completed(ackOf([ids[0]!, ids[2]!])));
  const [second] = await startNext();
  await executor.finish(second!, completed(ackOf([ids[1]!])));
});

test('executors that dispatch at once hand out each item once', async () => {
  const queue = await make({ config: { dispatch: concurrency(100) } });
  const ids = await add(queue, ...Array.from({ length: 20 }, (_, n) => n));

  await Promise.all(Array.from({ length: 6 }, dispatch));
  const attempts = await startNext();

  const leased = await items(queue);
  expect(leased.map(({ attempt_count }) => attempt_count)).toEqual(ids.map(() => 1));
  expect(new Set(leased.map(({ leased_execution }) => leased_execution)).size).toBe(20);
  for (const attempt of attempts) {
    const item = leased.find(({ leased_execution }) => leased_execution === attempt.execution)!;
    await executor.finish(attempt, completed(ackOf([item.id])));
  }
});

test('a disabled queue leases nothing', async () => {
  const queue = await make({ enabled: false });
  await add(queue, 1);

  await dispatch();

  expect(await statuses(queue)).toEqual(['queued']);
});

test('the next execution waits for the delay of the queue', async () => {
  const queue = await make({ config: { dispatch: { ...concurrency(5), inter_execution_delay_seconds: 3_600 } } });
  await add(queue, 1, 2);

  await dispatch();
  await dispatch();

  expect(await statuses(queue)).toEqual(['leased', 'queued']);
});
