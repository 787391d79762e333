// Spec: a rule states for each event of its trigger whether it fired, and what decided.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { noopTask, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

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

/** Of the events of the criteria below. */
const SEEN = { count: 1, list: ['a'], word: 'b' };

/** False criteria, and their part: path, operator, expected and seen value. */
const FALSE_PARTS: readonly (readonly [object | string, string, string, unknown, unknown])[] = [
  ...(
    [
      ['2 == event.payload.count', '==', 2],
      ['1 != event.payload.count', '!=', 1],
      ['2 < event.payload.count', '>', 2],
      ['0 > event.payload.count', '<', 0],
      ['2 <= event.payload.count', '>=', 2],
      ['0 >= event.payload.count', '<=', 0],
      ['event.payload.count == 2', '==', 2],
      ['event.payload.count != 1', '!=', 1],
      ['event.payload.count < 1', '<', 1],
      ['event.payload.count > 1', '>', 1],
      ['event.payload.count <= 0', '<=', 0],
      ['event.payload.count >= 2', '>=', 2],
      ['event.payload.count in [2]', 'in', [2]],
    ] as const
  ).map(([criteria, operator, expected]) => [criteria, 'event.payload.count', operator, expected, 1] as const),
  ['false', 'false', 'is true', true, false],
  [{ field: 'word', operator: 'equals', value: 'c' }, 'event.payload.word', 'equals', 'c', 'b'],
  [{ field: 'word', operator: 'not_equals', value: 'b' }, 'event.payload.word', 'not_equals', 'b', 'b'],
  [{ field: 'word', operator: 'contains', value: 'c' }, 'event.payload.word', 'contains', 'c', 'b'],
  [{ field: 'list', operator: 'equals', value: [] }, 'event.payload.list', 'equals', [], ['a']],
];

const partText = (path: string, operator: string, expected: unknown, actual: unknown): string => {
  const condition = operator === 'is true' ? path : `${path} ${operator} ${JSON.stringify(expected)}`;
  return `its criteria are false: ${condition}: it was ${JSON.stringify(actual)}`;
};

/** Of each of these criteria on one event: the part and the text of its decision. */
async function partsOf(ctx: Context) {
  const conditionsOf = (criteria: object | string) =>
    typeof criteria === 'string' ? { expression: criteria } : [criteria as Parameters];
  const hook = await ctx.webhookRule({ action: 'core.noop', conditions: { expression: 'false' } });
  const rules = [];
  for (const [criteria] of FALSE_PARTS)
    rules.push(await ctx.addRule(hook, { action: 'core.noop', conditions: conditionsOf(criteria) }));
  const { event_id: event } = await hook.post(SEEN);
  const decisions = await Promise.all(rules.map((rule) => decisionOf(ctx, { ...hook, rule }, event)));
  return decisions.map(({ part, text }) => [part, text]);
}

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
  expect(await partsOf(ctx)).toEqual(
    FALSE_PARTS.map(([, path, operator, expected, actual]) => [
      { path, operator, expected, actual, problem: null },
      partText(path, operator, expected, actual),
    ]),
  );
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
