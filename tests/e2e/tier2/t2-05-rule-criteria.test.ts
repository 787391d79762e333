// Spec: a rule enforces exactly the events that its criteria match; no event breaks the rule.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { eventDecisionsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

type Value = Parameters[string];

/** A rule with these criteria, whose execution returns the event's nonce. */
const createRule = async (ctx: Context, criteria: string | Parameters[]): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.ledgerInput('row'), nonce: '{{ event.payload.nonce }}' };
  const conditions = typeof criteria === 'string' ? { expression: criteria } : criteria;
  return ctx.webhookRule({ action: 'echo-params', conditions, actionParams });
};

/** Adds a nonce to each row: `<nonce>-1` to the first. */
const withNonces = (ctx: Context, rows: Parameters[]): Parameters[] =>
  rows.map((row, index) => ({ ...row, nonce: `${ctx.nonce}-${index + 1}` }));

/**
 * Posts the rows in order. The last row matches: its completed execution is the fence for the
 * absence of the others.
 */
const postRows = async (ctx: Context, hook: WebhookRule, rows: Value[], enforced: number[]) => {
  const sent: number[] = [];
  for (const row of rows) sent.push((await hook.post(row)).event_id);
  const rowOf = (event: number | null) => sent.indexOf(event ?? -1) + 1;
  const { enforcements, events, executions } = ctx.client;
  const filter = { rule_ref: hook.rule.ref };
  const inOrderOfRows = (numbers: number[]) => numbers.sort((a, b) => a - b); // events have no order of their own

  const rowsEnforced = async () => inOrderOfRows((await enforcements.list(filter)).map(({ event }) => rowOf(event)));
  const fence = executionsToBe('completed', enforced.length, ctx.client, filter);
  await stays(rowsEnforced, enforced, fence, ctx.quietMs, ctx.deadline);

  const rowOfEnforcement = new Map((await enforcements.list(filter)).map(({ id, event }) => [id, rowOf(event)]));
  const finished = await Promise.all((await executions.list(filter)).map(({ id }) => executions.get(id)));
  const nonces = finished.map((end) => [rowOfEnforcement.get(end.enforcement ?? -1), echoedParameters(end).nonce]);
  const stored = (await events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => rowOf(id));
  if (ctx.canProve('events.causation')) {
    // a decision exists for every row, also for those that do not match
    const expectedDecisions = rows.map((_, index) => [[hook.rule.id, enforced.includes(index + 1)]]);
    expect(await decisionsOn(ctx, sent)).toEqual(expectedDecisions);
  }
  return { stored: inOrderOfRows(stored), nonces: nonces.sort() };
};

/** For each event: the rules that were evaluated and whether they matched. */
const decisionsOn = async (ctx: Context, sent: readonly number[]) => {
  const decisions = await Promise.all(sent.map((event) => ctx.client.events.decisions(event)));
  return decisions.map((decided) => decided.map(({ rule, matched }) => [rule, matched]));
};

/** For each row: the row number and the nonce that its execution received. */
const expectedRuns = (ctx: Context, ...rows: number[]) => rows.map((row) => [row, `${ctx.nonce}-${row}`]);
const runCount = (ctx: Context): number => runsOf(ctx, 'row');

claim('T2.5a', NEEDS, 'equality matches one of five similar values', async (ctx) => {
  const rule = await createRule(ctx, 'false');
  const ofAnotherTrigger = `event.trigger != '${rule.trigger.ref}' or event.trigger_ref != '${rule.trigger.ref}'`;
  const expression = `event.payload.status == 'critical' or ${ofAnotherTrigger}`;
  await ctx.client.rules.update(rule.rule.ref, { conditions: { expression } });
  const rows = ['info', 'CRITICAL', 'critical ', '', 'critical'].map((status) => ({ status }));

  const { stored, nonces } = await postRows(ctx, rule, withNonces(ctx, rows), [5]);

  expect(stored).toEqual([1, 2, 3, 4, 5]);
  expect(nonces).toEqual(expectedRuns(ctx, 5));
  expect(runCount(ctx)).toBe(1);
});

claim('T2.5b', NEEDS, 'greater-than is strict and numeric', async (ctx) => {
  const rule = await createRule(ctx, 'event.payload.value > 100');
  const { rules } = ctx.client;
  await rules.update(rule.rule.ref, { permission_set_refs: ['core.viewer'] });
  await rules.disable(rule.rule.ref);
  await rules.update(rule.rule.ref, { label: 'renamed' });
  const enabled = await rules.enable(rule.rule.ref); // with the same criteria
  expect(enabled).toMatchObject({ label: 'renamed', permission_set_refs: ['core.viewer'] });
  const rows = [100, 99.999, -150, 100.001, 9, 101].map((value) => ({ value }));

  const { stored, nonces } = await postRows(ctx, rule, withNonces(ctx, rows), [4, 6]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6]);
  expect(nonces).toEqual(expectedRuns(ctx, 4, 6));
  expect(runCount(ctx)).toBe(2);
});

claim('T2.5c', NEEDS, 'list membership is exact', async (ctx) => {
  const rule = await createRule(ctx, "{{ event.payload.environment in ['prod', 'staging'] }}");
  const rows = ['dev', 'production', '', 'stag', 'prod', 'staging'].map((environment) => ({ environment }));

  const { stored, nonces } = await postRows(ctx, rule, withNonces(ctx, rows), [5, 6]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6]);
  expect(nonces).toEqual(expectedRuns(ctx, 5, 6));
  expect(runCount(ctx)).toBe(2);
});

claim('T2.5d', NEEDS, 'and, or and not follow precedence without parentheses', async (ctx) => {
  const [A, B, C] = ["event.payload.severity == 'high'", 'event.payload.count > 10', 'event.payload.override == true'];
  const rule = await createRule(ctx, `${A} and ${B} or ${C} and not ${A}`);
  const truths = ['000', '010', '100', '101', '001', '011', '110', '111'];
  const rows = truths.map(([a, b, c]) => ({
    severity: a === '1' ? 'high' : 'low',
    count: b === '1' ? 11 : 10,
    override: c === '1',
  }));

  const { stored, nonces } = await postRows(ctx, rule, withNonces(ctx, rows), [5, 6, 7, 8]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(nonces).toEqual(expectedRuns(ctx, 5, 6, 7, 8));
  expect(runCount(ctx)).toBe(4);
});

claim('T2.5e', NEEDS, 'missing fields and wrong types do not match', async (ctx) => {
  const hook = await createRule(ctx, 'event.payload.any == true or event.payload.value > 100');
  const [first, last] = [{ any: true }, { any: false, value: 150 }].map((row, n) => ({
    ...row,
    nonce: `${ctx.nonce}-${n + 7}`,
  }));

  const wrong = [null, '150', [150]].map((value) => ({ any: false, value }));
  const { stored, nonces } = await postRows(ctx, hook, [null, {}, { any: false }, ...wrong, first!, last!], [7, 8]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(nonces).toEqual(expectedRuns(ctx, 7, 8).sort());
  expect(runCount(ctx)).toBe(2);
  expect(await ctx.client.rules.get(hook.rule.ref)).toMatchObject({ enabled: true });
});

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
  const rule = await createRule(ctx, 'event.payload.a == event.payload.b');
  const rows = [...DIFFERENT, ...EQUAL].map(([a, b]) => ({ a, b }));
  const matching = EQUAL.map((_, n) => DIFFERENT.length + n + 1);

  const { nonces } = await postRows(ctx, rule, withNonces(ctx, rows), matching);

  expect(nonces).toEqual(expectedRuns(ctx, ...matching).sort());
  expect(runCount(ctx)).toBe(EQUAL.length);
});

const FALSY: readonly Value[] = [null, false, 0, '', [], {}];
const TRUTHY: readonly Value[] = [true, 1, -1, 0.1, ' ', '0', 'false', 'no', 'null', [null], [false], { a: null }];

claim('T2.5g', NEEDS, 'a value as criterion matches unless it is false, zero, empty or null', async (ctx) => {
  const rule = await createRule(ctx, 'event.payload.v');
  const rows = [{}, ...[...FALSY, ...TRUTHY].map((v) => ({ v }))];
  const matching = TRUTHY.map((_, n) => 1 + FALSY.length + n + 1);

  const { nonces } = await postRows(ctx, rule, withNonces(ctx, rows), matching);

  expect(nonces).toEqual(expectedRuns(ctx, ...matching).sort());
  expect(runCount(ctx)).toBe(TRUTHY.length);
});

const EMPTY_FIELDS = { locked: false, count: 0, note: '', none: null };
const OWNER = { id: 1, name: 'n' };
const CRITERIA: Parameters[] = [
  { field: 'user.role', operator: 'equals', value: 'admin' },
  { field: 'level', operator: 'equals', value: 3 },
  { field: 'text', operator: 'contains', value: 'alarm' },
  { field: 'state', operator: 'not_equals', value: 'off' },
  { field: 'list', operator: 'not_equals', value: [1, 2] },
  { field: 'owner', operator: 'equals', value: OWNER },
  ...Object.entries(EMPTY_FIELDS).map(([field, value]) => ({ field, operator: 'equals', value })),
];
const SUBJECT = { user: { role: 'admin' }, level: 3, owner: { name: OWNER.name, id: OWNER.id }, ...EMPTY_FIELDS };
const MATCHING = { ...SUBJECT, text: 'an alarm', state: 'on', list: [1] };

claim('T2.5h', NEEDS, 'a list of criteria matches when each of its items does', async (ctx) => {
  const rule = await createRule(ctx, CRITERIA);
  const rows: Parameters[] = [
    { ...MATCHING, user: { role: 'Admin' } },
    { ...MATCHING, user: {}, 'user.role': 'admin' },
    { ...MATCHING, level: '3' },
    { ...MATCHING, count: false },
    { ...MATCHING, text: 'an Alarm' },
    { ...SUBJECT, state: 'on' },
    { ...MATCHING, state: 'off' },
    { ...SUBJECT, text: 'an alarm' },
    { ...MATCHING, list: [1, 2] },
    { ...MATCHING, state: 'OFF' },
    MATCHING,
  ];

  const { stored, nonces } = await postRows(ctx, rule, withNonces(ctx, rows), [10, 11]);

  expect(stored).toEqual(rows.map((_, n) => n + 1));
  expect(nonces).toEqual(expectedRuns(ctx, 10, 11).sort());
  expect(runCount(ctx)).toBe(2);
});

const BRANCHES = 'event.payload.b > 2 or event.payload.c';
const BOTH = `event.payload.a == 1 and (${BRANCHES})`;
const NEGATION = 'not event.payload.a == 1 and true';
const TEXT = "event.payload.a == 9 or event.payload.b > 'x'";
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
      [false, 'b equals 2', null],
    ],
  },
  {
    payload: { a: 1, b: 2, c: 0 },
    decisions: [
      [false, BRANCHES, null],
      [false, 'not event.payload.a == 1', null],
      [false, "event.payload.b > 'x'", 'CRITERIA_ERROR'],
      [true, 'a equals 1 and b equals 2', null],
    ],
  },
  {
    payload: { a: 9, b: 'x' },
    decisions: [
      [false, 'event.payload.a == 1', null],
      [true, NEGATION, null],
      [true, 'event.payload.a == 9', null],
      [false, 'a equals 1', null],
    ],
  },
];

const DECISIONS = [...NEEDS, 'events.causation'];

claim('T2.5i', DECISIONS, 'a decision names the part of the criteria that decided', async (ctx) => {
  const first = await createRule(ctx, BOTH);
  const added = await Promise.all(
    [{ expression: NEGATION }, { expression: TEXT }, ITEMS].map((conditions) =>
      ctx.addRule(first, { action: 'core.noop', conditions }),
    ),
  );
  const rules = [first.rule, ...added].map(({ ref }) => ref);

  for (const { payload, decisions } of DECIDED) {
    const { event_id: event } = await first.post(payload);
    await until(eventDecisionsToBe(rules.length, ctx.client, event), ctx.deadline);

    const decided = await ctx.client.events.decisions(event);
    const rows = decided.map(({ rule_ref, matched, decided_by, code }) => [rule_ref, [matched, decided_by, code]]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(rules.map((ref, n) => [ref, decisions[n]])));
  }
});
