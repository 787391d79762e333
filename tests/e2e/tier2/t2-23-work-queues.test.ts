// Spec: a work queue hands each item to an execution, whose acknowledgement decides its end.
import { claim } from '../../../helpers/scenario/claim';
import { ONCE, RETRYING } from '../support/work-queues/acknowledgements';
import { processRows } from '../support/work-queues/process-rows';
import { addItems, createQueue, drain } from '../support/work-queues/queue';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.23a', NEEDS, 'an acknowledgement ends its item, and no other output does', async (ctx) => {
  const { found, expected } = await processRows(ctx, ONCE, {});

  expect(found).toEqual(expected);
});

claim('T2.23b', NEEDS, 'an item is tried again as often as the queue allows', async (ctx) => {
  const { found, expected } = await processRows(ctx, RETRYING, { retry_limit: 1 });

  expect(found).toEqual(expected);
});

claim('T2.23o', NEEDS, 'an acknowledgement is found in parsed output', async (ctx) => {
  await ctx.pack('e2e');
  const item = `{"id":{{ queue_item.id }},"status":"{{ item.status }}","summary":"${ctx.nonce}"}`;
  const document = `{"queue_ack":{"items":[${item}]}}`;
  const action_params = { ...ctx.ledgerInput('printed'), document };
  const ref = await createQueue(ctx, ctx.action('produce-json'), { action_params });
  await addItems(ctx, ref, [{ payload: { status: 'skipped' } }]);

  const items = await drain(ctx, ref);

  const [found] = await ctx.client.executions.list({ result_contains: ctx.nonce });
  const { status, result } = await ctx.client.executions.get(found!.id);
  const queue_ack = { items: [{ id: items[0]!.id, status: 'skipped', summary: ctx.nonce }] };
  expect([status, result]).toMatchObject(['completed', { queue_ack, data: { queue_ack } }]);
  expect(items).toMatchObject([{ status: 'skipped', ack_summary: { status: 'skipped', summary: ctx.nonce } }]);
});
