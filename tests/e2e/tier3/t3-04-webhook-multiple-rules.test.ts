// Spec: one event of a webhook starts each enabled rule of its trigger once, and no other rule.
import { createClient } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { firingsOf } from '../../../helpers/scenario/resources/rule-firings';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];
const BY_SENSOR = [...NEEDS, 'sensors.custom'];

/** A rule that starts this action, which writes to the ledger under the label. */
const ruleParts = (ctx: Context, action: string, label: string, more: object = {}) => ({
  action,
  actionParams: { ...ctx.ledgerInput(label), nonce: '{{ event.payload.nonce }}', ...more },
});

/**
 * The events of the trigger are these, and each label has so many processes, also during the quiet
 * time.
 */
const expectEventsAndRuns = async (
  ctx: Context,
  { trigger }: WebhookRule,
  events: readonly number[],
  runs: Readonly<Record<string, number>>,
) => {
  const ofTrigger = { trigger_ref: trigger.ref };
  const fence = eventsToBe(events.length, ctx.client, ofTrigger);
  await stays(() => runCounts(ctx, ...Object.keys(runs)), runs, fence, ctx.quietMs, ctx.deadline);
  const stored = await ctx.client.events.list(ofTrigger);
  expect(stored.map(({ id }) => id).sort((a, b) => a - b)).toEqual([...events].sort((a, b) => a - b));
};

claim('T3.4a', NEEDS, 'one post starts the action of each enabled rule once', async (ctx) => {
  await ctx.pack('e2e');
  const hook = await ctx.webhookRule(ruleParts(ctx, 'echo-params', 'echo'));
  const second = await ctx.addRule(hook, ruleParts(ctx, 'append-ledger', 'append'));
  const third = await ctx.addRule(hook, ruleParts(ctx, 'sleep-for', 'sleep', { ms: 0 }));
  await ctx.addRule(hook, { ...ruleParts(ctx, 'echo-params', 'off'), enabled: false });

  const { event_id: event } = await hook.post({ nonce: ctx.nonce });
  await until(executionsToBe('completed', 3, ctx.client, { trigger_ref: hook.trigger.ref }), ctx.deadline);

  await expectEventsAndRuns(ctx, hook, [event], { echo: 1, append: 1, sleep: 1, off: 0 });
  const started = (await firingsOf(ctx, hook.trigger.ref)).map(({ enforcement, executions }) => [
    [enforcement.event, enforcement.rule],
    executions.map(({ action_ref, config }) => [action_ref, config?.nonce]),
  ]);
  const enabled = [hook.rule, second, third].map(({ id, action_ref }) => [[event, id], [[action_ref, ctx.nonce]]]);
  expect(started.sort()).toEqual(enabled.sort());
});

const POSTS = ['one', 'two', 'three'];

claim('T3.4b', NEEDS, 'three concurrent posts start each of two rules three times', async (ctx) => {
  await ctx.pack('e2e');
  const hook = await ctx.webhookRule(ruleParts(ctx, 'echo-params', 'first'));
  const second = await ctx.addRule(hook, ruleParts(ctx, 'echo-params', 'second'));

  const receipts = await Promise.all(POSTS.map((post) => hook.post({ nonce: `${ctx.nonce}-${post}` })));
  await until(executionsToBe('completed', 6, ctx.client, { trigger_ref: hook.trigger.ref }), ctx.deadline);

  const events = receipts.map(({ event_id }) => event_id);
  expect(new Set(events).size).toBe(POSTS.length);
  await expectEventsAndRuns(ctx, hook, events, { first: 3, second: 3 });
  const started = (await firingsOf(ctx, hook.trigger.ref)).map(({ enforcement, executions }) => [
    [enforcement.event, enforcement.rule],
    executions.map(({ config }) => [config?.nonce, config?.key]),
  ]);
  const expectedOf = ({ id }: WebhookRule['rule'], label: string) =>
    POSTS.map((post, n) => [[events[n], id], [[`${ctx.nonce}-${post}`, ctx.ledgerInput(label).key]]]);
  expect(started.sort()).toEqual([...expectedOf(hook.rule, 'first'), ...expectedOf(second, 'second')].sort());
});

claim('T3.4c', BY_SENSOR, 'an event for one rule starts that rule, if it is of its trigger', async (ctx) => {
  await ctx.pack('e2e');
  const trigger_ref = (hook: WebhookRule) => hook.trigger.ref;
  const hook = await ctx.webhookRule(ruleParts(ctx, 'append-ledger', 'named'));
  await ctx.addRule(hook, ruleParts(ctx, 'append-ledger', 'beside'));
  const off = await ctx.addRule(hook, { ...ruleParts(ctx, 'append-ledger', 'off'), enabled: false });
  const other = await ctx.webhookRule(ruleParts(ctx, 'append-ledger', 'other'));
  const sensor = { sensor_ref: `${await ctx.ownPack()}.sensor`, trigger_types: [trigger_ref(hook)] };
  const { events } = createClient({
    baseUrl: ctx.facts.url,
    token: (await ctx.client.auth.sensorToken(sensor)).token,
  });

  const posted = [];
  for (const { id } of [other.rule, off, hook.rule])
    posted.push(
      await events.create({ trigger_ref: trigger_ref(hook), trigger_instance_id: `rule_${id}`, payload: {} }),
    );
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref }), ctx.deadline);

  const ids = posted.map(({ id }) => id);
  await expectEventsAndRuns(ctx, hook, ids, { named: 1, beside: 0, off: 0, other: 0 });
  expect(posted.map(({ rule }) => rule)).toEqual([null, off.id, hook.rule.id]);
});
