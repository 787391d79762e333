// Spec: an execution of a queue without parameters has its items; each lease has its own state.
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createApproval, respond } from '../support/work-queues/approvals';
import { PAYLOADS } from '../support/work-queues/payloads';
import { addItems, createQueue, drain, executionsOf, literal, untilLeasable } from '../support/work-queues/queue';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.23q', NEEDS, 'a queue without parameters gives its items as they are', async (ctx) => {
  const pack = await ctx.ownPack();
  const [single, batch] = [
    await createScriptAction(ctx, pack, 'exit 0'),
    await createScriptAction(ctx, pack, 'exit 0'),
  ];
  const size = { dispatch: { batch_size: literal(PAYLOADS.length) } };
  const refs = [await createQueue(ctx, single), await createQueue(ctx, batch, { batch_mode: 'batch', config: size })];
  const items = PAYLOADS.map(([payload]) => ({ payload }));

  for (const ref of refs) await addItems(ctx, ref, items);
  await untilLeasable(ctx);
  for (const ref of refs) await drain(ctx, ref);

  const configs = async (action: string) => (await executionsOf(ctx, action)).map(({ config }) => config);
  expect(await configs(single)).toEqual(PAYLOADS.map(([, config]) => config));
  expect(await configs(batch)).toEqual([{ items: PAYLOADS.map(([payload]) => payload) }]);
});

claim('T2.23r', [...NEEDS, 'inquiries.ask'], 'an item that is leased again shows no acknowledgement', async (ctx) => {
  const action = await createApproval(ctx);
  const dispatch = { retry_limit: 1 };
  const ref = await createQueue(ctx, action, { config: { dispatch }, action_params: { id: '{{ queue_item.id }}' } });
  await addItems(ctx, ref, [{ payload: null }]);
  const leaseTo = async (n: number) => {
    const executions = await until(executionsToExist(n, ctx.client, { action_ref: action }), ctx.deadline);
    return Math.max(...executions.map(({ id }) => id));
  };
  const shown = async () =>
    (await ctx.client.queues.items(ref)).map((item) => [
      ...[item.status, item.attempt_count, item.ack_summary],
      ...[item.leased_execution, item.lease_token, item.lease_expires_at],
    ]);

  await ctx.client.queues.update(ref, { enabled: true });
  await respond(ctx, await leaseTo(1), 'retry');
  const second = await leaseTo(2);
  const leased = await shown();
  await respond(ctx, second, 'retry');

  const text = expect.any(String) as string;
  expect(leased).toEqual([['leased', 2, null, second, text, text]]);
  expect(await shown()).toEqual([['failed', 2, { status: 'retry', effective_status: 'failed' }, null, null, null]]);
});

/** What ends an execution of several items, none of which it completes. */
const BATCH_ENDS: Readonly<Record<string, (ctx: Context, id: number, items: readonly number[]) => Promise<unknown>>> = {
  'each is to be tried again': (ctx, id, items) =>
    answer(ctx, id, { items: items.map((item) => ({ id: item, status: 'retry' })) }),
  'only the first is acknowledged': (ctx, id, [first, ...others]) =>
    answer(ctx, id, { items: [{ id: first!, status: others.length === 0 ? 'retry' : 'completed' }] }),
  'nothing is acknowledged': (ctx, id) => answer(ctx, id, { items: null }),
  'it is cancelled': ({ client }, id) => cancelAndWait(client, id),
};

type Response = Parameters<Context['client']['inquiries']['respond']>[1];

const answer = async (ctx: Context, id: number, response: Response) =>
  ctx.client.inquiries.respond((await waitForInquiry(ctx, id)).inquiry.id, response);

/** Leases one item, then this and another together. Returns status, attempts and lease of both. */
async function leaseTogether(ctx: Context, name: string, end: (typeof BATCH_ENDS)[string]): Promise<unknown> {
  const { queues } = ctx.client;
  const output_map = { queue_ack: { items: '{{ task.gate.response.items }}' } };
  const { ref: action } = await ctx.workflow([inquiryTask({})], { name, output_map });
  const config = { dispatch: { batch_size: literal(2), retry_limit: 1 } };
  const ref = await createQueue(ctx, action, { batch_mode: 'batch', config });
  const items: number[] = [];
  for (const n of [1, 2]) {
    items.push(...(await addItems(ctx, ref, [{ payload: {} }])));
    await untilLeasable(ctx);
    await queues.update(ref, { enabled: true });
    const executions = await until(executionsToExist(n, ctx.client, { action_ref: action }), ctx.deadline);
    await queues.update(ref, { enabled: false });
    await end(ctx, Math.max(...executions.map(({ id }) => id)), items);
    const areReturned = async () => (await queues.items(ref, { statuses: 'leased' })).length === 0;
    await until(predicateToHold('the items to be returned', areReturned), ctx.deadline);
  }
  return (await queues.items(ref)).map((item) => [
    ...[item.status, item.attempt_count],
    ...[item.leased_execution, item.lease_token, item.lease_expires_at],
  ]);
}

const BATCHES = [...NEEDS, 'inquiries.ask', 'executions.cancel'];

claim('T2.23s', BATCHES, 'each item of a batch is tried again by its own attempts', async (ctx) => {
  const found = Object.entries(BATCH_ENDS).map(async ([name, end], n) => [
    name,
    await leaseTogether(ctx, `of-${n}`, end),
  ]);

  const own = [
    ['failed', 2, null, null, null],
    ['retry', 1, null, null, null],
  ];
  expect(Object.fromEntries(await Promise.all(found))).toEqual(
    Object.fromEntries(Object.keys(BATCH_ENDS).map((name) => [name, own])),
  );
});
