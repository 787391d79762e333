// Spec: a queue reports that it is empty after its last item, whatever it may start by then.
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { readExecutions } from '../../../helpers/scenario/resources/ended-executions';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { createApproval, respond } from '../support/work-queues/approvals';
import { addItems, createQueue, itemsAtEnd } from '../support/work-queues/queue';
import { createQueueRule, payloadsOf } from '../support/work-queues/queue-events';

const NEEDS = ['core', 'inquiries.ask', 'rbac', 'ledger.shared'];

type Stop = (ctx: Context, queue: string, owner: number) => Promise<unknown>;

/** What keeps a queue from starting anything, by the queue and its owner. */
const STOPS = {
  disabled: ({ client }, queue) => client.queues.update(queue, { enabled: false }),
  'without a right': async ({ client }, _queue, owner) =>
    client.permissions.unassign((await client.permissions.assignments(owner))[0]!.id),
  'of a frozen owner': ({ client }, _queue, owner) => client.identities.freeze(owner),
} satisfies Record<string, Stop>;

/** What ends the items of a stopped queue: its execution runs, and others wait. */
interface End {
  /** How many are added. */
  readonly items: number;
  readonly end: (ctx: Context, queue: string, execution: number) => Promise<unknown>;
  /** Of those that are left. */
  readonly statuses: readonly string[];
}

const removeQueued = async ({ client }: Context, queue: string) => {
  for (const { id } of await client.queues.items(queue, { statuses: 'queued' }))
    await client.queues.removeItem(queue, id);
};

/** What the last item of a queue comes to. */
const ENDS = {
  completed: { items: 1, end: (ctx, _queue, id) => respond(ctx, id, 'completed'), statuses: ['completed'] },
  skipped: { items: 1, end: (ctx, _queue, id) => respond(ctx, id, 'skipped'), statuses: ['skipped'] },
  'not acknowledged': {
    items: 1,
    end: async (ctx, _queue, id) => {
      const { inquiry } = await waitForInquiry(ctx, id);
      await ctx.client.inquiries.respond(inquiry.id, { status: 'unknown' });
    },
    statuses: ['failed'],
  },
  cancelled: { items: 1, end: ({ client }, _queue, id) => cancelAndWait(client, id), statuses: ['failed'] },
  'removed before the end of its execution': {
    items: 2,
    end: async (ctx, queue, id) => [await removeQueued(ctx, queue), await respond(ctx, id, 'completed')],
    statuses: ['completed'],
  },
  removed: {
    items: 3,
    end: async (ctx, queue, id) => [await respond(ctx, id, 'failed'), await removeQueued(ctx, queue)],
    statuses: ['failed'],
  },
} satisfies Record<string, End>;

/** Each of the first ones with an item that ends as usual, the last ones in a disabled queue. */
const ROWS: readonly (readonly [Stop, End])[] = [
  ...Object.values(STOPS).map((stop): [Stop, End] => [stop, ENDS.completed]),
  ...Object.values(ENDS)
    .slice(1)
    .map((end): [Stop, End] => [STOPS.disabled, end]),
];

claim('T2.27c', NEEDS, 'a queue that may start nothing reports that it is empty', async (ctx) => {
  const action = await createApproval(ctx);
  const rows = ROWS.filter(([, ends]) => ends !== ENDS.cancelled || ctx.canProve('executions.cancel'));
  const queues = await Promise.all(
    rows.map(async ([stop, ends]) => {
      const { id: owner, client } = await createTestUser(ctx, 'core.editor');
      const ref = await createQueue(ctx, action, { action_params: { id: '{{ queue_item.id }}' } }, client);
      const [first] = await addItems(ctx, ref, Array(ends.items).fill({ payload: null }));
      await client.queues.update(ref, { enabled: true });
      return { ref, first, stop, ...ends, owner, rule: await createQueueRule(ctx, 'empty', ref) };
    }),
  );

  const runs = await until(executionsToExist(queues.length, ctx.client, { action_ref: action }), ctx.deadline);
  const started = await readExecutions(ctx, runs);

  const prove = async ({ ref, first, stop, end, statuses, owner, rule }: (typeof queues)[number]) => {
    const run = started.find(({ config }) => config?.id === first);
    await stop(ctx, ref, owner);
    await end(ctx, ref, run!.id);

    const found = [await itemsAtEnd(ctx, ref), await payloadsOf(ctx, rule, 1)];
    const of = { event_type: 'queue_empty', queue_ref: ref, execution_id: run!.id, leased_item_count: 1 };
    expect(found).toMatchObject([statuses.map((status) => ({ status })), [of]]);
  };
  // The last one alone: what happens to another queue wakes the executor for all of them.
  await Promise.all(queues.slice(0, -1).map(prove));
  await prove(queues.at(-1)!);
});
