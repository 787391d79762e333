import { enforcementsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';

/** A rule on an event of this queue, whose executions get the event. */
export const createQueueRule = async (ctx: Context, event: string, queue: string): Promise<string> => {
  const pack_ref = await ctx.ownPack();
  const { ref } = await ctx.client.rules.create({
    ref: `${pack_ref}.${ctx.name(event)}`,
    pack_ref,
    label: event,
    trigger_ref: `core.queue_${event}`,
    conditions: { expression: `event.payload.queue_ref == '${queue}'` },
    action_ref: 'core.noop',
  });
  ctx.defer(() => ctx.client.rules.remove(ref));
  return ref;
};

/** Payloads of the events of a rule, once there are so many; the oldest first. */
export const payloadsOf = async (ctx: Context, rule_ref: string, n: number) => {
  const rows = await until(enforcementsToBe(n, ctx.client, { rule_ref }), ctx.deadline);
  const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
  return (await Promise.all(ids.map((id) => ctx.client.enforcements.get(id)))).map(({ payload }) => payload);
};
