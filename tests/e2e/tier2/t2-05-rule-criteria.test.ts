// Spec: a rule enforces exactly the events that its criteria select, and an event that does not fit them breaks nothing.
import { claim, type Context } from '../../../helpers/claim';
import { echoed } from '../../../helpers/echoed';
import { executionsToBe } from '../../../helpers/event-conditions';
import { stays } from '../../../helpers/polling';
import type { Parameters } from '../../../helpers/workflow';
import type { WebhookRule } from '../../../helpers/webhook-rule';

const NEEDS = ['core', 'ledger.shared'];

/** A rule with these criteria, whose execution returns the event's nonce. */
const ruleOn = async (ctx: Context, expression: string): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.signed('row'), nonce: '{{ event.payload.nonce }}' };
  return ctx.webhookRule({ action: 'echo-params', conditions: { expression }, actionParams });
};

/** Rows that carry, each, a nonce of its own: `<nonce>-1` the first. */
const marked = (ctx: Context, rows: Parameters[]): Parameters[] =>
  rows.map((row, at) => ({ ...row, nonce: `${ctx.nonce}-${at + 1}` }));

/** Posts the rows in order. The last one matches: what became of it is the fence behind which the others' absence counts. */
const post = async (ctx: Context, hook: WebhookRule, rows: Parameters[], enforced: number[]) => {
  const sent: number[] = [];
  for (const row of rows) sent.push((await hook.post(row)).event_id);
  const rowOf = (event: number | null) => sent.indexOf(event ?? -1) + 1;
  const { enforcements, events, executions } = ctx.client;
  const of = { rule_ref: hook.rule.ref };
  const oldestFirst = async () => (await enforcements.list(of)).sort((a, b) => a.id - b.id);

  const rowsEnforced = async () => (await oldestFirst()).map(({ event }) => rowOf(event));
  const fence = executionsToBe('completed', enforced.length, ctx.client, of);
  await stays(rowsEnforced, enforced, fence, ctx.quietMs, ctx.deadline);

  const rowOfEnforcement = new Map((await oldestFirst()).map(({ id, event }) => [id, rowOf(event)]));
  const ends = await Promise.all((await executions.list(of)).map(({ id }) => executions.get(id)));
  const nonces = ends.map((end) => [rowOfEnforcement.get(end.enforcement ?? -1), echoed(end).nonce]);
  const stored = (await events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => rowOf(id));
  if (ctx.needs('events.causation')) {
    const asked = rows.map((_, at) => [[hook.rule.id, enforced.includes(at + 1)]]); // also of those that do not match
    expect(await decisionsOn(ctx, sent)).toEqual(asked);
  }
  return { stored: stored.sort(), nonces: nonces.sort() };
};

/** What the rules that were asked made of each event. */
const decisionsOn = async (ctx: Context, sent: readonly number[]) => {
  const decisions = await Promise.all(sent.map((event) => ctx.client.events.decisions(event)));
  return decisions.map((made) => made.map(({ rule, matched }) => [rule, matched]));
};

/** Which row each execution comes from, and the nonce that it was given. */
const ranFor = (ctx: Context, ...rows: number[]) => rows.map((row) => [row, `${ctx.nonce}-${row}`]);
const processes = (ctx: Context): number => ctx.ledger.count(ctx.signed('row').key);

claim('T2.5a', NEEDS, 'equality selects one of five look-alikes', async (ctx) => {
  const rule = await ruleOn(ctx, "event.payload.status == 'critical'");
  const rows = ['info', 'CRITICAL', 'critical ', '', 'critical'].map((status) => ({ status }));

  const { stored, nonces } = await post(ctx, rule, marked(ctx, rows), [5]);

  expect(stored).toEqual([1, 2, 3, 4, 5]);
  expect(nonces).toEqual(ranFor(ctx, 5));
  expect(processes(ctx)).toBe(1);
});

claim('T2.5b', NEEDS, 'greater than is strict and numeric', async (ctx) => {
  const rule = await ruleOn(ctx, 'event.payload.value > 100');
  const rows = [100, 99.999, -150, 100.001, 9, 101].map((value) => ({ value }));

  const { stored, nonces } = await post(ctx, rule, marked(ctx, rows), [4, 6]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6]);
  expect(nonces).toEqual(ranFor(ctx, 4, 6));
  expect(processes(ctx)).toBe(2);
});

claim('T2.5c', NEEDS, 'membership in a list is exact', async (ctx) => {
  const rule = await ruleOn(ctx, "event.payload.environment in ['prod', 'staging']");
  const rows = ['dev', 'production', '', 'stag', 'prod', 'staging'].map((environment) => ({ environment }));

  const { stored, nonces } = await post(ctx, rule, marked(ctx, rows), [5, 6]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6]);
  expect(nonces).toEqual(ranFor(ctx, 5, 6));
  expect(processes(ctx)).toBe(2);
});

claim('T2.5d', NEEDS, 'and, or and not follow precedence without parentheses', async (ctx) => {
  const [A, B, C] = ["event.payload.severity == 'high'", 'event.payload.count > 10', 'event.payload.override == true'];
  const rule = await ruleOn(ctx, `${A} and ${B} or ${C} and not ${A}`);
  const truths = ['000', '010', '100', '101', '001', '011', '110', '111'];
  const rows = truths.map(([a, b, c]) => ({
    severity: a === '1' ? 'high' : 'low',
    count: b === '1' ? 11 : 10,
    override: c === '1',
  }));

  const { stored, nonces } = await post(ctx, rule, marked(ctx, rows), [5, 6, 7, 8]);

  expect(stored).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(nonces).toEqual(ranFor(ctx, 5, 6, 7, 8));
  expect(processes(ctx)).toBe(4);
});

claim('T2.5e', NEEDS, 'missing fields and wrong types do not match and do not break the rule', async (ctx) => {
  const hook = await ruleOn(ctx, 'event.payload.value > 100');
  const last = { value: 150, nonce: `${ctx.nonce}-5` };

  const rows = [{}, { value: null }, { value: '150' }, { value: [150] }, last];
  const { stored, nonces } = await post(ctx, hook, rows, [5]);

  expect(stored).toEqual([1, 2, 3, 4, 5]);
  expect(nonces).toEqual(ranFor(ctx, 5));
  expect(processes(ctx)).toBe(1);
  expect(await ctx.client.rules.get(hook.rule.ref)).toMatchObject({ enabled: true });
});
