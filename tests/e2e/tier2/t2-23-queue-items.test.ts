// Spec: a work queue refuses what it does not allow, and starts nothing for a faulty item.
import { ApiError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import {
  addItems,
  createQueue,
  drain,
  executionsOf,
  type NewItem,
  type QueueParts,
} from '../support/work-queues/queue';

const NEEDS = ['core', 'ledger.shared'];

/** The largest payload, bytes of its JSON. */
const MOST = 1_048_576;

const CONFLICT = { status: 409, code: 'CONFLICT' };

/** The text of the largest payload. */
const TEXT = 'x'.repeat(MOST - '{"text":""}'.length);

/** A payload that is too large, and one that the schema of the queue rejects. */
const REFUSED = [{ text: `${TEXT}x` }, { text: 1 }];

/** Two items of keys, and each way in which a client gives one of them, or a third, a payload. */
const createKeyed = async (ctx: Context, update_strategy: QueueParts['update_strategy']) => {
  const { queues } = ctx.client;
  const item_schema = { type: 'object', properties: { text: { type: 'string' } } };
  const parts = { item_schema, allow_pending_update: true, ...(update_strategy && { update_strategy }) };
  const ref = await createQueue(ctx, 'core.noop', parts);
  const [id] = await addItems(ctx, ref, [
    { payload: { text: TEXT }, item_key: 'large' },
    { payload: {}, item_key: 'small' },
  ]);
  const ways = [
    (payload: Payload) => queues.enqueue(ref, { payload }),
    (payload: Payload) => queues.updateItem(ref, id!, { payload }),
    (payload: Payload) => queues.enqueue(ref, { payload, item_key: 'small' }),
  ];
  return { ref, id: id!, ways };
};

type Payload = NonNullable<NewItem['payload']>;

const rejectionOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { details } = error.body as { details?: { path?: string; errors?: unknown } };
    return [error.status, error.code, details?.path ?? Object.keys(details ?? {}).join()];
  }
};

claim('T2.23h', NEEDS, 'a queue refuses what is too large, invalid or late', async (ctx) => {
  const { queues } = ctx.client;
  const merging = await createKeyed(ctx, 'merge_patch');
  const { ref, id, ways } = await createKeyed(ctx, 'replace');
  const all = [...ways, ...merging.ways];
  const tooLong = (payload: Payload) => queues.enqueue(merging.ref, { payload, item_key: 'large' });

  const refused = await Promise.all(all.map((way) => Promise.all(REFUSED.map((payload) => rejectionOf(way(payload))))));
  const merged = await rejectionOf(tooLong({ more: '' }));

  const [large, invalid] = [
    [422, 'VALIDATION_ERROR', 'payload'],
    [422, 'VALIDATION_ERROR', 'errors'],
  ];
  expect([...refused, merged]).toEqual([...all.map(() => [large, invalid]), large]);
  for (const { ref: queue } of [merging, { ref }])
    expect((await queues.items(queue)).map(({ payload }) => payload)).toEqual([{ text: TEXT }, {}]);
  const other = (await queues.items(ref))[1]!.id;
  await expect(queues.updateItem(merging.ref, other, { priority: 9 })).rejects.toMatchObject({ status: 404 });
  await expect(queues.removeItem(merging.ref, other)).rejects.toMatchObject({ status: 404 });
  await queues.removeItem(ref, id);
  await queues.update(ref, { accepting_new_items: false });
  await expect(queues.enqueue(ref, { payload: {} })).rejects.toMatchObject(CONFLICT);

  await drain(ctx, ref);
  await expect(queues.updateItem(ref, other, { priority: 1 })).rejects.toMatchObject(CONFLICT);
  await expect(queues.removeItem(ref, other)).rejects.toMatchObject(CONFLICT);
  expect((await queues.items(ref)).map(({ payload, status }) => [payload, status])).toEqual([[{}, 'failed']]);
});

claim('T2.23i', NEEDS, 'an item with a fault in its parameters has failed, the others run', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const ref = await createQueue(ctx, action, { action_params: { next: '{{ item.n + 1 }}', none: '{{ item.none }}' } });
  await addItems(
    ctx,
    ref,
    ['one', 1, null].map((n) => ({ payload: { n } })),
  );

  const items = await drain(ctx, ref);

  const broken = expect.stringMatching(/^QUEUE_BROKEN: the parameter \{\{ item\.n \+ 1 \}\}: column \d+: /) as string;
  expect(items.map(({ status, attempt_count, last_error }) => [status, attempt_count, last_error])).toEqual([
    ['failed', 0, broken],
    ['failed', 1, 'the output has no queue_ack'],
    ['failed', 0, broken],
  ]);
  expect((await executionsOf(ctx, action)).map(({ config }) => config)).toEqual([{ next: 2, none: null }]);
});

claim('T2.23j', NEEDS, 'an item of an execution that never started is tried again', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  await ctx.client.actions.update(action, { worker_selector: { 'e2e-nowhere': ctx.nonce } });
  const ref = await createQueue(ctx, action, { config: { dispatch: { retry_limit: 1 } } });
  await addItems(ctx, ref, [{ payload: {} }]);

  const items = await drain(ctx, ref);

  const executions = await executionsOf(ctx, action);
  expect(executions.map(({ status, started_at }) => [status, started_at])).toEqual(
    Array(2).fill(['failed', undefined]),
  );
  const last_error = `execution ${executions[1]!.id} ended failed without an acknowledgement`;
  const unleased = { leased_execution: null, lease_token: null, lease_expires_at: null, ack_summary: null };
  expect(items).toMatchObject([{ status: 'failed', attempt_count: 2, last_error, ...unleased }]);
});
