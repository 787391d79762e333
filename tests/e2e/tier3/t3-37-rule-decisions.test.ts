// Spec: a rule states for each event of its trigger whether it fired, and what decided.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { noopTask } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['rules.decisions'];

/** A rule of core.noop with these criteria. */
const ruleOf = (ctx: Context, expression: string): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'core.noop', conditions: { expression } });

/** What became of one event. */
async function decisionOf({ client }: Context, { rule }: WebhookRule, event: number) {
  const { items } = await client.rules.decisions(rule.ref, { event });
  expect(items).toHaveLength(1);
  return items[0]!;
}

const NOTHING = { enforcement: null, execution: null, part: null, code: null, message: null };

claim('T3.37i', NEEDS, 'an event that did not match has the value that was seen', async (ctx) => {
  const criteria = 'event.payload.branch == "main" and event.payload.count > 2';
  const hook = await ruleOf(ctx, criteria);
  const { event_id: id } = await hook.post({ branch: 'dev', count: 3 });

  const decision = await decisionOf(ctx, hook, id);

  const { created } = await ctx.client.events.get(id);
  expect(decision).toEqual({
    ...NOTHING,
    event: id,
    event_created: created,
    decision: 'criteria_false',
    text: 'its criteria are false: event.payload.branch == "main": it was "dev"',
    decided_by: 'event.payload.branch == "main"',
    part: { path: 'event.payload.branch', operator: '==', expected: 'main', actual: 'dev', problem: null },
  });
  const reversed = await ruleOf(ctx, '2 < event.payload.count');
  const { event_id: second } = await reversed.post({ count: 1 });
  const { part, text } = await decisionOf(ctx, reversed, second);
  expect(part).toEqual({ path: 'event.payload.count', operator: '>', expected: 2, actual: 1, problem: null });
  expect(text).toBe('its criteria are false: event.payload.count > 2: it was 1');
});

claim('T3.37j', NEEDS, 'events are listed newest first, each with its own decision', async (ctx) => {
  const { ref: action } = await ctx.workflow([noopTask('first'), noopTask('second')]);
  const hook = await ctx.webhookRule({ action, conditions: { expression: 'event.payload.branch == "main"' } });
  const post = async (branch: string) => (await hook.post({ branch })).event_id;
  const [fired, different] = [await post('main'), await post('dev')];
  await ctx.client.rules.disable(hook.rule.ref);
  const missed = await post('main');
  const roots = { rule_ref: hook.rule.ref, top_level_only: true };
  const [execution] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);

  const { items } = await ctx.client.rules.decisions(hook.rule.ref);

  const [enforcement] = await ctx.client.enforcements.list({ event: fired });
  expect(items.map(({ event, decision, text }) => [event, decision, text])).toEqual([
    [missed, 'rule_disabled', 'it was disabled when the event came'],
    [different, 'criteria_false', 'its criteria are false: event.payload.branch == "main": it was "dev"'],
    [fired, 'fired', `it fired: enforcement ${enforcement!.id}, execution ${execution!.id}`],
  ]);
  expect(items.map((each) => [each.enforcement, each.execution])).toEqual([
    [null, null],
    [null, null],
    [enforcement!.id, execution!.id],
  ]);
});

claim('T3.37k', NEEDS, 'a rule that is enabled again was disabled for the events between', async (ctx) => {
  const hook = await ruleOf(ctx, 'true');
  await ctx.client.rules.disable(hook.rule.ref);
  const { event_id: between } = await hook.post({});
  await ctx.client.rules.enable(hook.rule.ref);
  const later = await ctx.addRule(hook, { action: 'core.noop' });

  const [own] = (await ctx.client.rules.decisions(hook.rule.ref, { event: between })).items;
  const [others] = (await ctx.client.rules.decisions(later.ref, { event: between })).items;

  expect([own?.decision, others?.decision]).toEqual(['rule_disabled', 'rule_created_later']);
  expect(others?.text).toBe(`it was created at ${later.created}, after the event`);
});

claim('T3.37l', NEEDS, 'a secret of the payload is redacted in the value that was seen', async (ctx) => {
  const hook = await ruleOf(ctx, 'event.payload.token == "other"');
  const schema = { token: { type: 'string', secret: true } };
  await ctx.client.triggers.update(hook.trigger.ref, { out_schema: { op: 'set', value: schema } });
  const { event_id: event } = await hook.post({ token: ctx.nonce });

  const response = await ctx.client.rules.decisions(hook.rule.ref, { event });

  expect(response.items[0]?.decision).toBe('criteria_false');
  expect(response.items[0]?.part?.path).toBe('event.payload.token');
  expect(JSON.stringify(response)).not.toContain(ctx.nonce);
});
