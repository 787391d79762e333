// Spec: each rule of a trigger selects its events by its own criteria, and by nothing else.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { firingsOf } from '../../../helpers/scenario/resources/rule-firings';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** The rule without criteria: its executions are the fence for what the others do not select. */
const EVERY = 'every';

/** Parameters that show which rule started the process, and for which event. */
const echoInput = (ctx: Context, rule: string) => ({
  ...ctx.ledgerInput(rule),
  rule,
  nonce: '{{ event.payload.nonce }}',
});

/** A trigger with the rule `every`, and with one more rule for each of the criteria, by name. */
const createRules = async (ctx: Context, criteria: Readonly<Record<string, string>>) => {
  await ctx.pack('e2e');
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams: echoInput(ctx, EVERY) });
  const { pack_ref, trigger_ref, action_ref } = hook.rule;
  const added = Object.entries(criteria).map(async ([label, expression]) => {
    const ref = `${pack_ref}.${ctx.name(label)}`;
    const action_params = echoInput(ctx, label);
    const conditions = { expression };
    await ctx.client.rules.create({ ref, pack_ref, label, trigger_ref, action_ref, conditions, action_params });
    ctx.defer(() => ctx.client.rules.remove(ref));
    return [ref, label] as const;
  });
  const nameByRef = new Map([[hook.rule.ref, EVERY], ...(await Promise.all(added))]);
  return { hook, nameByRef };
};

/** The rules that must select a payload. */
type Row = readonly [payload: Parameters, selectedBy: readonly string[]];

/**
 * Posts the payloads in order. Each event is selected by exactly the rules of its row and by
 * `every`: by the enforcements, by what each process received, and by the ledger. The last row is
 * selected by one rule at least.
 */
const expectSelections = async (ctx: Context, criteria: Readonly<Record<string, string>>, rows: readonly Row[]) => {
  const { hook, nameByRef } = await createRules(ctx, criteria);
  const sent: number[] = [];
  for (const [n, [payload]] of rows.entries())
    sent.push((await hook.post({ ...payload, nonce: `${ctx.nonce}-${n}` })).event_id);
  const cells = rows.flatMap(([, names], n) => [...names, EVERY].map((name): [number, string] => [n, name])).sort();
  const rowOf = (event: number | null | undefined) => sent.indexOf(event ?? -1);
  const { enforcements, events } = ctx.client;
  const filter = { trigger_ref: hook.trigger.ref };

  const selected = async () =>
    (await enforcements.list(filter)).map(({ event, rule_ref: ref }) => [rowOf(event), nameByRef.get(ref)]).sort();
  const fence = executionsToBe('completed', cells.length, ctx.client, filter);
  await stays(selected, cells, fence, ctx.quietMs, ctx.deadline);

  expect((await events.list(filter)).map(({ id }) => id).sort()).toEqual([...sent].sort());
  const received = (await firingsOf(ctx, hook.trigger.ref)).flatMap(({ enforcement, executions }) =>
    executions.map(echoedParameters).map(({ rule, nonce }) => [rowOf(enforcement.event), rule, nonce]),
  );
  expect(received.sort()).toEqual(cells.map(([n, name]) => [n, name, `${ctx.nonce}-${n}`]));
  const runs = [...nameByRef.values()].map((name) => [name, cells.filter(([, rule]) => rule === name).length]);
  expect(runCounts(ctx, ...nameByRef.values())).toEqual(Object.fromEntries(runs));
};

claim('T3.5a', NEEDS, 'each level reaches its own rule and the one without criteria', async (ctx) => {
  const criteria = { info: "event.payload.level == 'info'", error: "event.payload.level == 'error'" };

  await expectSelections(ctx, criteria, [
    [{ level: 'debug' }, []],
    [{ level: 'info' }, ['info']],
    [{ level: 'error' }, ['error']],
  ]);

  expect(runCounts(ctx, 'every', 'info', 'error')).toEqual({ every: 3, info: 1, error: 1 });
});

const BORDERS = {
  lt: 'event.payload.value < 3',
  le: 'event.payload.value <= 3',
  gt: 'event.payload.value > 7',
  ge: 'event.payload.value >= 7',
};

claim('T3.5b', NEEDS, 'the four comparisons differ exactly at their borders', async (ctx) => {
  await expectSelections(ctx, BORDERS, [
    [{ value: 2 }, ['lt', 'le']],
    [{ value: 3 }, ['le']],
    [{ value: 5 }, []],
    [{ value: 7 }, ['ge']],
    [{ value: 8 }, ['gt', 'ge']],
  ]);

  expect(runCounts(ctx, 'lt', 'le', 'gt', 'ge')).toEqual({ lt: 1, le: 2, gt: 1, ge: 2 });
});

const [A, B, C] = ["event.payload.level == 'error'", 'event.payload.priority > 5', "event.payload.env == 'production'"];
const COMBINED = {
  either: `(${A} and ${B}) or ${C}`,
  both: `(${A} or ${B}) and ${C}`,
  plain: `${A} or ${B} and ${C}`,
};

claim('T3.5c', NEEDS, 'and, or and parentheses combine differently for each rule', async (ctx) => {
  await expectSelections(ctx, COMBINED, [
    [{ level: 'error', priority: 6, env: 'staging' }, ['either', 'plain']],
    [{ level: 'info', priority: 5, env: 'production' }, ['either']],
    [{ level: 'error', priority: 5, env: 'staging' }, ['plain']],
    [{ level: 'info', priority: 6, env: 'production' }, ['either', 'both', 'plain']],
  ]);

  expect(runCounts(ctx, 'either', 'both', 'plain')).toEqual({ either: 3, both: 1, plain: 3 });
});

claim('T3.5d', NEEDS, 'two lists with a common element select differently', async (ctx) => {
  const criteria = {
    upper: "event.payload.severity in ['critical', 'urgent', 'high']",
    outer: "event.payload.severity in ['high', 'low']",
  };

  await expectSelections(ctx, criteria, [
    [{ severity: 'critical' }, ['upper']],
    [{ severity: 'low' }, ['outer']],
    [{ severity: 'medium' }, []],
    [{ severity: 'high' }, ['upper', 'outer']],
  ]);

  expect(runCounts(ctx, 'upper', 'outer')).toEqual({ upper: 2, outer: 2 });
});
