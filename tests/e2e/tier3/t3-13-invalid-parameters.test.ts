// Spec: invalid parameters are rejected before a process starts; valid ones keep their types.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { durationMs, ledgerInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { shortestLimitSeconds, timeoutMarker } from '../../../helpers/scenario/resources/execution-limits';
import { runAction, runActionTo } from '../../../helpers/scenario/resources/ended-executions';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { countExecutions, runCounts, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** Executes an action to its end. `validate`: the request asks for a validation. */
const run = async (ctx: Context, action: string, parameters: Parameters, validate = false) =>
  runAction(ctx, ctx.action(action), { parameters, ...(validate && { validate }) });

/** What a rejection must say: its status, and the name of the parameter. */
const rejectionOf = (parameter: string) => ({
  status: 422,
  message: expect.stringMatching(new RegExp(`\\b${parameter}\\b`)) as string,
});

/** A request that asks for a validation of these parameters is rejected for one of them. */
const expectRequestRejected = (ctx: Context, parameters: Parameters, name: string) => {
  const request = { action_ref: ctx.action('echo-typed'), parameters, validate: true };
  return expect(ctx.client.executions.execute(request)).rejects.toMatchObject(rejectionOf(name));
};

/** A second rule on the same trigger and action is rejected for its parameters, and not stored. */
const expectRuleRejected = async (ctx: Context, { rule }: WebhookRule, action_params: Parameters, name: string) => {
  const { pack_ref, trigger_ref, action_ref } = rule;
  const refused = { ref: `${pack_ref}.${ctx.name('refused')}`, label: 'refused', pack_ref, trigger_ref, action_ref };
  await expect(ctx.client.rules.create({ ...refused, action_params })).rejects.toMatchObject(rejectionOf(name));
  await expect(ctx.client.rules.get(refused.ref)).rejects.toMatchObject({ status: 404 });
};

/** `echo-typed` has so many executions, and each label so many processes; no more come. */
const expectRuns = (ctx: Context, executions: number, runs: Record<string, number>, last: { id: number }) =>
  stays(
    async () => ({
      executions: await countExecutions(ctx, ctx.action('echo-typed')),
      ...runCounts(ctx, ...Object.keys(runs)),
    }),
    { executions, ...runs },
    executionToBe('completed', ctx.client, last.id),
    ctx.quietMs,
    ctx.deadline,
  );

claim('T3.13a', NEEDS, 'a request or rule without a required parameter is rejected', async (ctx) => {
  await ctx.ownCopy('e2e');
  const missing = { ...ctx.ledgerInput('missing'), port: 1 };
  const control = { ...ctx.ledgerInput('control'), url: ctx.nonce };
  const hook = await ctx.webhookRule({ action: 'echo-typed', actionParams: control });
  const validate = ctx.canProve('executions.parameters_validated');

  if (validate) await expectRequestRejected(ctx, missing, 'url');
  await expectRuleRejected(ctx, hook, missing, 'url');
  const accepted = await run(ctx, 'echo-typed', control, validate);

  await expectRuns(ctx, 1, { missing: 0, control: 1 }, accepted);
  expect(echoedParameters(accepted)).toEqual(control);
});

claim('T3.13e', NEEDS, 'a field that an event lacks renders a required parameter as declared', async (ctx) => {
  await ctx.ownCopy('e2e');
  const input = ctx.ledgerInput('rendered');
  const actionParams = { ...input, url: '{{ event.payload.url }}' };
  const { rule, post } = await ctx.webhookRule({ action: 'echo-typed', actionParams });
  const isRun = ctx.facts.choices.requiredNull === 'run';

  await post({ other: ctx.nonce });
  const ended = executionsToBe(isRun ? 'completed' : 'failed', 1, ctx.client, { rule_ref: rule.ref });
  const [lacking] = await until(ended, ctx.deadline);
  const control = await run(ctx, 'echo-typed', { ...ctx.ledgerInput('control'), url: ctx.nonce });

  await expectRuns(ctx, 2, { rendered: isRun ? 1 : 0, control: 1 }, control);
  const rendered = await ctx.client.executions.get(lacking!.id);
  if (isRun) expect(echoedParameters(rendered)).toEqual({ ...input, url: null });
  else expect(JSON.stringify(rendered.result)).toMatch(/\burl\b/);
});

const TYPED: Parameters = { url: 'u', port: 8080, enabled: true, level: 'high', tags: ['a', 'b'] };
const WRONG: readonly (readonly [name: string, value: Parameters[string]])[] = [
  ['port', '8080'],
  ['enabled', 'true'],
  ['level', 'x'],
  ['tags', 'a,b'],
  ['port', 1.5],
  ['tags', {}],
];

claim('T3.13b', NEEDS, 'a value of the wrong type is rejected, without a conversion', async (ctx) => {
  await ctx.ownCopy('e2e');
  const wrong = { ...ctx.ledgerInput('wrong'), ...TYPED };
  const hook = await ctx.webhookRule({ action: 'echo-typed', actionParams: wrong });
  const validate = ctx.canProve('executions.parameters_validated');

  for (const [name, value] of validate ? WRONG : [])
    await expectRequestRejected(ctx, { ...wrong, [name]: value }, name);
  await expectRuleRejected(ctx, hook, { ...wrong, port: '8080' }, 'port');
  const control = { ...ctx.ledgerInput('control'), ...TYPED };
  const accepted = await run(ctx, 'echo-typed', control, validate);

  await expectRuns(ctx, 1, { wrong: 0, control: 1 }, accepted);
  expect(echoedParameters(accepted)).toEqual(control);
});

/** How much longer than the limit a process lives that ignores it, ms. */
const BEYOND_LIMIT_MS = 300;

/**
 * The shortest limit of an execution, seconds, and the time of a process that is longer, ms.
 * Plans it.
 */
const shortLimit = (ctx: Context) => {
  const seconds = shortestLimitSeconds(ctx.facts.capabilities);
  const hold_ms = 1_000 * seconds + BEYOND_LIMIT_MS;
  ctx.plan(hold_ms);
  return { seconds, hold_ms };
};

claim('T3.13c', NEEDS, 'undeclared parameters are delivered as declared and change nothing', async (ctx) => {
  await ctx.pack('e2e');
  const { seconds, hold_ms } = shortLimit(ctx);
  const declared = { ...ctx.ledgerInput('extra'), hold_ms };
  const extra = { note: ctx.nonce, timeout_seconds: seconds };
  const action_ref = ctx.action('delay-then-echo');
  const { extraParams } = ctx.facts.choices;

  const control = run(ctx, 'delay-then-echo', { ...ctx.ledgerInput('control'), hold_ms });
  const parameters = { ...declared, ...extra };
  if (extraParams === 'reject') {
    await expect(ctx.client.executions.execute({ action_ref, parameters })).rejects.toMatchObject({ status: 422 });
  } else {
    const ended = await run(ctx, 'delay-then-echo', parameters);
    expect(echoedParameters(ended)).toEqual(extraParams === 'pass' ? parameters : declared);
    expect(timeoutMarker(ended, ctx.facts.capabilities)).toEqual({ level: null, isTimedOut: false });
    expect(durationMs(ledgerInterval(ended, ctx.ledger))).toBeGreaterThanOrEqual(hold_ms);
  }

  expect(echoedParameters(await control)).toEqual({ ...ctx.ledgerInput('control'), hold_ms });
  expect(runCounts(ctx, 'extra', 'control')).toEqual({ extra: extraParams === 'reject' ? 0 : 1, control: 1 });
});

claim('T3.13f', [...NEEDS, 'executions.timeout'], 'the limit of a request stops its process', async (ctx) => {
  await ctx.pack('e2e');
  const { seconds } = shortLimit(ctx);
  const parameters = { ...ctx.ledgerInput('option'), hold_ms: 30_000 };

  const action = ctx.action('delay-then-echo');
  const stopped = await runActionTo('failed', ctx, action, { parameters, timeout_seconds: seconds });

  expect(timeoutMarker(stopped, ctx.facts.capabilities)).toEqual({ level: 'request', isTimedOut: true });
});

const DEFAULTS = { text: 'standard', count: 3, flag: true };
const GIVEN = { text: 'given', count: 7, flag: false };
const EMPTY = { text: '', count: 0, flag: false };

/** What each execution is sent, and what its process receives. */
const SENT = { none: {}, given: GIVEN, empty: EMPTY, one: { count: 0 } };
const RECEIVED = { none: DEFAULTS, given: GIVEN, empty: EMPTY, one: { ...DEFAULTS, count: 0 } };

claim('T3.13d', NEEDS, 'a default replaces an absent value only, with its type', async (ctx) => {
  await ctx.pack('e2e');
  const withInput = (values: Readonly<Record<string, Parameters>>) =>
    Object.entries(values).map(([label, each]) => ({ ...ctx.ledgerInput(label), ...each }));

  const ended = await Promise.all(withInput(SENT).map((parameters) => run(ctx, 'echo-defaults', parameters)));

  expect(ended.map(echoedParameters)).toEqual(withInput(RECEIVED));
  expect(ended.map(({ config }) => config)).toEqual(withInput(SENT));
  expect(Object.keys(SENT).map((label) => runsOf(ctx, label))).toEqual([1, 1, 1, 1]);
});
