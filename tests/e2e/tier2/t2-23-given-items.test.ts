// Spec: an execution of a queue without parameters has its items; each lease has its own state.
import { claim } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
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
