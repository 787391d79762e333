import type { QueueItem } from '../../../../contract/queues';
import type { Client } from '../../../../helpers/client/client';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { readExecutions } from '../../../../helpers/scenario/resources/ended-executions';

type NewQueue = Parameters<Client['queues']['create']>[0];
export type NewItem = Parameters<Client['queues']['enqueue']>[1];

/** What a queue is created with besides its ref and its action. */
export type QueueParts = Partial<Omit<NewQueue, 'ref' | 'dispatch_action_ref'>>;

/** A number of a queue's dispatch, as it is. */
export const literal = (value: number) => ({ source: 'literal', value });

/**
 * Creates a queue, disabled so that items are added before the first is leased. `owner`: who
 * creates it. Returns its ref.
 */
export async function createQueue(
  ctx: Context,
  dispatch_action_ref: string,
  parts: QueueParts = {},
  owner: Client = ctx.client,
): Promise<string> {
  const { ref } = await owner.queues.create({
    ref: ctx.name('queue'),
    label: 'Work',
    dispatch_action_ref,
    enabled: false,
    ...parts,
  });
  ctx.defer(() => ctx.client.queues.remove(ref));
  return ref;
}

/** Adds items one after the other. Returns their ids. */
export async function addItems({ client }: Context, ref: string, items: readonly NewItem[]): Promise<number[]> {
  const ids: number[] = [];
  for (const item of items) ids.push((await client.queues.enqueue(ref, item)).id);
  return ids;
}

export const statusesOf = async ({ client }: Context, ref: string): Promise<string[]> =>
  (await client.queues.items(ref)).map(({ status }) => status);

/** Waits until a queue has no item left to lease. Returns its items. */
export async function itemsAtEnd({ client, deadline }: Context, ref: string): Promise<QueueItem[]> {
  const hasEnded = async () => (await client.queues.items(ref, { statuses: 'queued,retry,leased' })).length === 0;
  await until(predicateToHold(`the items of ${ref} to end`, hasEnded), deadline);
  return client.queues.items(ref);
}

/** Enables a queue with these items. Returns them once all have ended. */
export async function drain(ctx: Context, ref: string): Promise<QueueItem[]> {
  await ctx.client.queues.update(ref, { enabled: true });
  return itemsAtEnd(ctx, ref);
}

/**
 * Waits until the items that all queues have now may be leased: a target may keep each for a time.
 * A later item of another queue has been leased.
 */
export async function untilLeasable(ctx: Context): Promise<void> {
  const later = await createQueue(ctx, 'core.noop');
  await addItems(ctx, later, [{ payload: {} }]);
  await drain(ctx, later);
}

/** The executions of an action, oldest first. */
export const executionsOf = async (ctx: Context, action_ref: string) =>
  readExecutions(ctx, (await ctx.client.executions.list({ action_ref })).reverse());
