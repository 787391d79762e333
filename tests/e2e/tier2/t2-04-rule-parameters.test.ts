// Spec: a parameter of a rule has its value for the event, or the rule starts nothing.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { eventDecisionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { onlyExecutionOf } from '../../../helpers/scenario/resources/ended-executions';

const NEEDS = ['core'];

const PAYLOAD = { list: [{ k: 'zero' }, 'one'], 'x-y': 'hyphen', x: 5, y: 2, n: 7, o: { a: 1 } };

/** Parameters of a rule, and what they are for that payload. */
const VALUES: Readonly<Record<string, readonly [template: string, value: unknown]>> = {
  position: ['{{ event.payload.list.1 }}', 'one'],
  below: ['{{ event.payload.list.0.k }}', 'zero'],
  hyphen: ['{{ event.payload.x-y }}', 'hyphen'],
  minus: ['{{ event.payload.x - event.payload.y }}', 3],
  whole: ['{{ event.payload.n }}', 7],
  tight: ['{{event.payload.o}}', { a: 1 }],
  before: [' {{ event.payload.n }}', ' 7'],
  after: ['{{ event.payload.n }} ', '7 '],
  text: ['o {{ event.payload.o }}', 'o {"a":1}'],
  missing: ['{{ event.payload.none }}', null],
  deeper: ['{{ event.payload.none.deeper }}', null],
  empty: ['<{{ event.payload.none }}>', '<>'],
  instead: ['{{ event.payload.none | default("d") }}', 'd'],
  called: ['{{ length(event.payload.list) }}', 2],
  trigger: ['{{ trigger.payload.n }}', 7],
  config: ['{{ pack.config.region }}', 'north'],
  headers: ['{{ event.headers }}', {}],
};

/** Of the event and the rule themselves. */
const ROOTS = {
  event: '{{ [event.id, event.trigger, event.trigger_ref, event.created] }}',
  rule: '{{ [system.rule.id, system.rule.ref] }}',
  now: '{{ system.timestamp }}',
};

/** What holds for that event in criteria: each field of it has its value. */
const criteriaOf = (trigger: string): string =>
  [
    ...['trigger', 'trigger_ref'].map((field) => `event.${field} == "${trigger}"`),
    'event.id > 0 and event.payload.list[0].k == "zero"',
    'starts_with(event.created, "2") and length(keys(event.headers)) == 0',
  ].join(' and ');

claim('T2.4k', NEEDS, 'a parameter is a path of its rule, or an expression over the event', async (ctx) => {
  await ctx.client.packs.update(await ctx.ownPack(), { config: { region: 'north' } });
  const templates = Object.fromEntries(Object.entries(VALUES).map(([name, [template]]) => [name, template]));
  const hook = await ctx.webhookRule({ action: 'core.noop', actionParams: { ...templates, ...ROOTS } });
  const conditions = { expression: criteriaOf(hook.trigger.ref) };
  const matching = await ctx.addRule(hook, { action: 'core.noop', conditions });

  const { event_id } = await hook.post(PAYLOAD);
  const { config, created } = await onlyExecutionOf(ctx, hook);

  await onlyExecutionOf(ctx, { rule: matching });
  const event = await ctx.client.events.get(event_id);
  const { now, ...values } = config!;
  expect(values).toEqual({
    ...Object.fromEntries(Object.entries(VALUES).map(([name, [, value]]) => [name, value])),
    event: [event_id, hook.trigger.ref, hook.trigger.ref, event.created],
    rule: [hook.rule.id, hook.rule.ref],
  });
  const instants = [event.created, now as string, created].map(parseInstant);
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
});

/** Expressions that have no value for that payload, and a part of the message. */
const BROKEN: readonly (readonly [expression: string, message: string])[] = [
  ['upper(event.payload.none)', 'event.payload.none'],
  ['event.payload.none | upper', 'event.payload.none'],
  ['event.payload.none + 1', 'event.payload.none'],
  ['event.payload.n | upper', 'upper'],
  ['length(event.payload.none.deeper)', 'event.payload.none'],
];

const DECIDED = [...NEEDS, 'events.causation'];

claim('T2.4l', DECIDED, 'a rule whose parameter has no value starts nothing, and says why', async (ctx) => {
  const action = 'core.noop';
  const hook = await ctx.webhookRule({ action, actionParams: { v: '{{ event.payload.n }}' } });
  const rules = [];
  for (const [expression] of BROKEN)
    rules.push(await ctx.addRule(hook, { action, actionParams: { v: `x {{ ${expression} }}` } }));

  const { event_id: event } = await hook.post(PAYLOAD);
  await until(eventDecisionsToBe(rules.length + 1, ctx.client, event), ctx.deadline);
  await onlyExecutionOf(ctx, hook);

  const decisions = (await ctx.client.events.decisions(event)).filter(({ rule }) => rule !== hook.rule.id);
  const broken = { code: 'RULE_BROKEN', enforcement: null };
  expect(decisions).toMatchObject(
    rules.map(({ ref }, n) => ({
      ...broken,
      rule_ref: ref,
      message: expect.stringContaining(BROKEN[n]![1]) as string,
    })),
  );
  expect((await ctx.client.enforcements.list({ event })).map(({ rule }) => rule)).toEqual([hook.rule.id]);
  const started = await Promise.all(rules.map(({ ref }) => ctx.client.executions.list({ rule_ref: ref })));
  expect(started.flat()).toEqual([]);
});

/** Expressions that no event can give a value. */
const NEVER = [
  ...['result()', 'succeeded()', 'failed()', 'timed_out()', 'no_such(1)', 'event.payload.n | no_such'],
  ...['no_such.name', '1 +', 'upper("a", "b")', '"a'],
];

/** The refs of the rules of the test's pack. */
const rulesOf = async (ctx: Context) => (await ctx.client.packs.rules(await ctx.ownPack())).map(({ ref }) => ref);

claim('T2.4m', DECIDED, 'a rule with an expression that never has a value is rejected', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const statuses: unknown[] = [];

  for (const expression of NEVER) {
    const parts = [{ actionParams: { v: `{{ ${expression} }}` } }, { conditions: { expression } }];
    for (const part of parts) {
      const rejection = await ctx.addRule(hook, { action: 'core.noop', ...part }).catch((error: unknown) => error);
      statuses.push([expression, (rejection as { status?: number }).status]);
    }
  }

  expect(statuses).toEqual(NEVER.flatMap((expression) => Array<unknown>(2).fill([expression, 422])));
  expect(await rulesOf(ctx)).toEqual([hook.rule.ref]);
});
