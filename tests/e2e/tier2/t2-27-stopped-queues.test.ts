// Spec: a queue reports that it is empty after its last item, whatever it may start by then.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { createApproval, respond } from '../support/work-queues/approvals';
import { addItems, createQueue, itemsAtEnd } from '../support/work-queues/queue';
import { createQueueRule, payloadsOf } from '../support/work-queues/queue-events';

const NEEDS = ['core', 'inquiries.ask', 'rbac', 'ledger.shared'];

/** What keeps a queue from starting anything, by the queue and its owner. */
const STOPS: Readonly<Record<string, (ctx: Context, queue: string, owner: number) => Promise<unknown>>> = {
  'it is disabled': ({ client }, queue) => client.queues.update(queue, { enabled: false }),
  'its owner may not': async ({ client }, _queue, owner) =>
    client.permissions.unassign((await client.permissions.assignments(owner))[0]!.id),
  'its owner is frozen': ({ client }, _queue, owner) => client.identities.freeze(owner),
};

claim('T2.27c', NEEDS, 'a queue that may start nothing reports that it is empty', async (ctx) => {
  const action = await createApproval(ctx);
  const queues = await Promise.all(
    Object.keys(STOPS).map(async () => {
      const { id, client } = await createTestUser(ctx, 'core.editor');
      const ref = await createQueue(ctx, action, { action_params: { id: '{{ queue_item.id }}' } }, client);
      await addItems(ctx, ref, [{ payload: null }]);
      await client.queues.update(ref, { enabled: true });
      return { owner: id, ref, rule: await createQueueRule(ctx, 'empty', ref) };
    }),
  );
  const runs = await until(executionsToExist(queues.length, ctx.client, { action_ref: action }), ctx.deadline);

  for (const [n, stop] of Object.values(STOPS).entries()) await stop(ctx, queues[n]!.ref, queues[n]!.owner);
  const ended = new Map<unknown, number>();
  for (const run of runs) ended.set((await respond(ctx, run.id, 'completed')).config?.id, run.id);

  for (const { ref, rule } of queues) {
    const items = await itemsAtEnd(ctx, ref);
    const of = { queue_ref: ref, execution_id: ended.get(items[0]!.id), leased_item_count: 1 };
    expect(items.map(({ status }) => status)).toEqual(['completed']);
    expect(await payloadsOf(ctx, rule, 1)).toMatchObject([{ event_type: 'queue_empty', ...of }]);
  }
});
