import { executionsToBe } from '../conditions/event-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import { runActionOfNewPack } from './components';
import { readExecutions } from './ended-executions';

/** A second trigger of the pack and its rule `other`: the refs, and what posts an event. */
async function createSecondHook(ctx: Context, pack: string) {
  const { triggers, rules, webhooks } = ctx.client;
  const trigger = `${pack}.second`;
  await triggers.create({ ref: trigger, pack_ref: pack, label: 'second' });
  ctx.defer(() => triggers.remove(trigger));
  const { webhook_key: key } = await triggers.enableWebhook(trigger);
  const { ref: rule } = await rules.create({
    ref: `${pack}.other`,
    pack_ref: pack,
    label: 'other',
    trigger_ref: trigger,
    action_ref: ctx.action('echo-params'),
    action_params: ctx.ledgerInput('other'),
  });
  ctx.defer(() => rules.remove(rule));
  return { trigger, rule, post: () => webhooks.post(key!, {}) };
}

/**
 * Two triggers: the rules `failing` and `echoing` share the first one, and `echoing` and `other`
 * share an action. Two events of the first trigger, one of the second.
 */
export async function createEvents(ctx: Context) {
  const pack = (await ctx.ownCopy('e2e')).ref;
  const first = await ctx.webhookRule({ action: 'echo-params', actionParams: ctx.ledgerInput('first') });
  const { ref: failing } = await ctx.client.rules.create({
    ref: `${pack}.failing`,
    pack_ref: pack,
    label: 'failing',
    trigger_ref: first.trigger.ref,
    action_ref: ctx.action('exit-with'),
    action_params: { ...ctx.ledgerInput('failing'), code: 3 },
  });
  ctx.defer(() => ctx.client.rules.remove(failing));
  const second = await createSecondHook(ctx, pack);
  await runActionOfNewPack(ctx, `${pack}_more`); // a ref that begins with that of the pack
  const events = [await first.post({ n: 1 }), await first.post({ n: 2 }), await second.post()];
  await until(executionsToBe('completed', 2, ctx.client, { rule_ref: first.rule.ref }), ctx.deadline);
  await until(executionsToBe('failed', 2, ctx.client, { rule_ref: failing }), ctx.deadline);
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: second.rule }), ctx.deadline);
  const rules = { echoing: first.rule.ref, failing, other: second.rule };
  const triggers = { first: first.trigger.ref, second: second.trigger };
  return { pack, rules, triggers, events: events.map(({ event_id: id }) => id) };
}

/** The whole enforcements of these rules. */
export async function enforcementsOf({ client }: Context, rules: readonly string[]) {
  const lists = await Promise.all(rules.map((rule_ref) => client.enforcements.list({ rule_ref })));
  return Promise.all(lists.flat().map(({ id }) => client.enforcements.get(id)));
}

/** The whole executions of a pack. */
export const executionsOfPack = async (ctx: Context, pack: string) =>
  readExecutions(ctx, await ctx.client.executions.list({ pack_name: pack }));
