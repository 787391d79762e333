// Spec: criteria compare values by their type, and a decision names the part that decided.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { eventDecisionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { expectMatches, ruleWithCriteria } from '../../../helpers/scenario/resources/criteria-rows';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { criteriaDecidedBy, inParentheses, NESTED_PARTS, PARTS_PAYLOAD, WHOLE_PARTS } from '../support/deciding-parts';

const NEEDS = ['core', 'ledger.shared'];

type Value = Parameters[string];

/** Pairs of equal values, then of different ones. */
const EQUAL: readonly [Value, Value][] = [
  ...[null, false, true, 0, 0.5, 1e15 + 1, '', 'é', '🦊', [], {}].map((value): [Value, Value] => [value, value]),
  [1, 1.0],
  [
    { a: [1, { b: null }], c: '' },
    { c: '', a: [1, { b: null }] },
  ],
];

const DIFFERENT: readonly [Value, Value][] = [
  ...[1, true, null, 'a'].map((value): [Value, Value] => [value, JSON.stringify(value)]),
  ...[false, '', null, [], {}].map((value): [Value, Value] => [0, value]),
  ...[false, null, [], {}].map((value): [Value, Value] => ['', value]),
  ...[false, [], {}].map((value): [Value, Value] => [null, value]),
  ...['A', 'a ', ' a', 'b'].map((value): [Value, Value] => ['a', value]),
  ['e\u0301', '\u00e9'],
  ['1', '1.0'],
  [1e15, 1e15 + 1],
  [[], {}],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [[1, 2], [1]],
  [{}, { a: 1 }],
  [{ a: 1 }, { a: 1, b: null }],
];

claim('T2.5f', NEEDS, 'equality is by type and value, without conversion', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, 'event.payload.a == event.payload.b');
  const rows = [...DIFFERENT, ...EQUAL].map(([a, b]) => ({ a, b }));

  const matching = EQUAL.map((_, n) => DIFFERENT.length + n + 1);
  await expectMatches(ctx, hook, rows, matching);
});

const FALSY: readonly Value[] = [null, false, 0, '', [], {}];

const TRUTHY: readonly Value[] = [true, 1, -1, 0.1, ' ', '0', 'false', 'no', 'null', [null], [false], { a: null }];

claim('T2.5g', NEEDS, 'a value as criterion matches unless it is false, zero, empty or null', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, 'event.payload.v');
  const rows = [{}, ...[...FALSY, ...TRUTHY].map((v) => ({ v }))];

  const matching = TRUTHY.map((_, n) => 1 + FALSY.length + n + 1);
  await expectMatches(ctx, hook, rows, matching);
});

const BRANCHES = 'event.payload.b > 2 or event.payload.c';

const BOTH = `event.payload.a == 1 and (${BRANCHES})`;

const NEGATION = 'not event.payload.a == 1 and true';

const TEXT = "event.payload.a == 9 or event.payload.b > 'x'";

/** The keyword inside the list splits nothing. */
const LIST = 'event.payload.b in [true and false, 3]';

const LISTED = `event.payload.a == 1 and ${LIST}`;

const ITEMS = ['a', 'b'].map((field, n) => ({ field, operator: 'equals', value: n + 1 }));

type Decided = [matched: boolean, decidedBy: string, code: string | null];

/** For each event: of each criteria whether they match, the part that decides, and the error. */
const DECIDED: readonly { payload: Parameters; decisions: readonly Decided[] }[] = [
  {
    payload: { a: 1, b: 3, c: '' },
    decisions: [
      [true, BOTH, null],
      [false, 'not event.payload.a == 1', null],
      [false, "event.payload.b > 'x'", 'CRITERIA_ERROR'],
      [true, LISTED, null],
      [false, 'b equals 2', null],
    ],
  },
  {
    payload: { a: 1, b: 2, c: 0 },
    decisions: [
      [false, BRANCHES, null],
      [false, 'not event.payload.a == 1', null],
      [false, "event.payload.b > 'x'", 'CRITERIA_ERROR'],
      [false, LIST, null],
      [true, 'a equals 1 and b equals 2', null],
    ],
  },
  {
    payload: { a: 9, b: 'x' },
    decisions: [
      [false, 'event.payload.a == 1', null],
      [true, NEGATION, null],
      [true, 'event.payload.a == 9', null],
      [false, 'event.payload.a == 1', null],
      [false, 'a equals 1', null],
    ],
  },
];

/** Of each of these criteria, the part that decides an event with this payload. */
async function decidingParts(ctx: Context, criteria: readonly string[], payload: Parameters) {
  const [first, ...others] = criteria.map((expression) => ({ action: 'core.noop', conditions: { expression } }));
  const hook = await ctx.webhookRule(first!);
  const rules = [hook.rule, ...(await Promise.all(others.map((parts) => ctx.addRule(hook, parts))))];
  const { event_id: event } = await hook.post(payload);
  await until(eventDecisionsToBe(rules.length, ctx.client, event), ctx.deadline);
  const decided = new Map((await ctx.client.events.decisions(event)).map((each) => [each.rule_ref, each.decided_by]));
  return rules.map(({ ref }) => decided.get(ref));
}

const DECISIONS = [...NEEDS, 'events.causation'];

claim('T2.5i', DECISIONS, 'a decision names the part of the criteria that decided', async (ctx) => {
  const first = await ruleWithCriteria(ctx, BOTH);
  const others = [{ expression: NEGATION }, { expression: TEXT }, { expression: LISTED }, ITEMS];
  const added = await Promise.all(others.map((conditions) => ctx.addRule(first, { action: 'core.noop', conditions })));
  const rules = [first.rule, ...added].map(({ ref }) => ref);

  for (const { payload, decisions } of DECIDED) {
    const { event_id: event } = await first.post(payload);
    await until(eventDecisionsToBe(rules.length, ctx.client, event), ctx.deadline);

    const decided = await ctx.client.events.decisions(event);
    const rows = decided.map(({ rule_ref, matched, decided_by, code }) => [rule_ref, [matched, decided_by, code]]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(rules.map((ref, n) => [ref, decisions[n]])));
  }
  const written = [...WHOLE_PARTS, ...NESTED_PARTS.map(inParentheses)];
  const decided = await decidingParts(ctx, written.map(criteriaDecidedBy), PARTS_PAYLOAD);
  expect(decided).toEqual([...WHOLE_PARTS, ...NESTED_PARTS]);
});
