// Spec: another item with the key of a pending one does what its queue says.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { addItems, createQueue, statusesOf, type QueueParts } from '../support/work-queues/queue';
import { REPEATED, REPEATED_KEYS } from '../support/work-queues/repeated-keys';

const NEEDS = ['core', 'ledger.shared'];

/** A failed item is tried again, an hour later. */
const RETRIED = { dispatch: { retry_limit: 1, inter_execution_delay_seconds: 3_600 } };

/** What the first item of a key has become when the second one comes. */
const STATES: Readonly<Record<'queued' | 'retry' | 'failed', QueueParts>> = {
  queued: {},
  retry: { config: RETRIED },
  failed: {},
};

type State = keyof typeof STATES;

/**
 * Adds both items of one key, the second one when the first is in this state. Returns the status
 * of the second refusal, and the items.
 */
const addTwice = async (ctx: Context, action: string, state: State, parts: QueueParts) => {
  const { queues } = ctx.client;
  const ref = await createQueue(ctx, action, { default_priority: 1, ...STATES[state], ...parts });
  const [first, second] = REPEATED;
  await addItems(ctx, ref, [first!]);
  if (state !== 'queued') {
    await queues.update(ref, { enabled: true });
    const isReached = async () => (await statusesOf(ctx, ref))[0] === state;
    await until(predicateToHold(`the item of ${ref} to be ${state}`, isReached), ctx.deadline);
    await queues.update(ref, { enabled: false });
  }
  const refused = await rejectionStatus(queues.enqueue(ref, second!));
  const items = (await queues.items(ref)).map(({ payload, priority, metadata }) => ({ payload, priority, metadata }));
  return { refused, items };
};

claim('T2.23g', NEEDS, 'another item with the key of a pending one does what its queue says', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 3');
  const states = Object.keys(STATES) as State[];
  const rows = Object.entries(REPEATED_KEYS).flatMap(([name, row]) => states.map((state) => ({ name, state, row })));

  const found = await Promise.all(
    rows.map(async ({ name, state, row }) => [`${name}, ${state}`, await addTwice(ctx, action, state, row.parts)]),
  );

  const { refused, items } = REPEATED_KEYS['adds another item']; // an item that has ended is never changed
  const expected = rows.map(({ name, state, row }) => [
    `${name}, ${state}`,
    state === 'failed' ? { refused, items } : { refused: row.refused, items: row.items },
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});
