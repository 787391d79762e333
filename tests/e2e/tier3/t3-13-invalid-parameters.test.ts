// Spec: invalid parameters are rejected before a process starts; valid ones keep their types.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { durationMs, ledgerInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { shortestLimitSeconds, timeoutMarker } from '../../../helpers/scenario/resources/execution-limits';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { countExecutions, runCounts, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** Executes an action to its end. `validate`: the request asks for a validation. */
const run = async (ctx: Context, action: string, parameters: Parameters, validate = false) => {
  const request = { action_ref: ctx.action(action), parameters, ...(validate && { validate }) };
  const { id } = await ctx.client.executions.execute(request);
  return until(executionToBe('completed', ctx.client, id), ctx.deadline);
};

/** What a rejection must say: its status, and the name of the parameter. */
const rejectionOf = (parameter: string) => ({
  ...{ status: 422, message: expect.stringMatching(new RegExp(`\\b${parameter}\\b`)) as string },
});

/** A second rule on the same trigger and action is rejected for its parameters, and not stored. */
const expectRuleRejected = async (ctx: Context, { rule }: WebhookRule, action_params: Parameters, name: string) => {
  const { pack_ref, trigger_ref, action_ref } = rule;
  const refused = { ref: `${pack_ref}.${ctx.name('refused')}`, label: 'refused', pack_ref, trigger_ref, action_ref };
  await expect(ctx.client.rules.create({ ...refused, action_params })).rejects.toMatchObject(rejectionOf(name));
  await expect(ctx.client.rules.get(refused.ref)).rejects.toMatchObject({ status: 404 });
};

/** The action has so many executions, and each label so many processes; no more come. */
const expectRuns = (
  ctx: Context,
  action: string,
  executions: number,
  runs: Record<string, number>,
  last: { id: number },
) =>
  stays(
    async () => ({
      executions: await countExecutions(ctx, ctx.action(action)),
      ...runCounts(ctx, ...Object.keys(runs)),
    }),
    { executions, ...runs },
    executionToBe('completed', ctx.client, last.id),
    ctx.quietMs,
    ctx.deadline,
  );

claim('T3.13a', NEEDS, 'a request or rule without a required parameter is rejected', async (ctx) => {
  await ctx.ownCopy('e2e');
  const missing = ctx.ledgerInput('missing');
  const rendersNull = ctx.facts.choices.requiredNull === 'run';
  const actionParams = { ...ctx.ledgerInput('null'), url: '{{ event.payload.url }}' };
  const hook = await ctx.webhookRule({ action: 'echo-typed', actionParams });
  const validate = ctx.canProve('executions.parameters_validated');

  if (validate) {
    const request = { action_ref: ctx.action('echo-typed'), parameters: { ...missing, port: 1 }, validate };
    await expect(ctx.client.executions.execute(request)).rejects.toMatchObject(rejectionOf('url'));
  }
  await expectRuleRejected(ctx, hook, { ...missing, port: 1 }, 'url');
  await hook.post({ other: ctx.nonce });
  const filter = { rule_ref: hook.rule.ref };
  const goal = rendersNull ? 'completed' : 'failed';
  const [byRule] = await until(executionsToBe(goal, 1, ctx.client, filter), ctx.deadline);
  const control = { ...ctx.ledgerInput('control'), url: ctx.nonce };
  const accepted = await run(ctx, 'echo-typed', control, validate);

  await expectRuns(ctx, 'echo-typed', 2, { missing: 0, null: rendersNull ? 1 : 0, control: 1 }, accepted);
  expect(echoedParameters(accepted)).toEqual(control);
  const rendered = await ctx.client.executions.get(byRule!.id);
  if (rendersNull) expect(echoedParameters(rendered)).toEqual({ ...ctx.ledgerInput('null'), url: null });
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
  const wrong = ctx.ledgerInput('wrong');
  const hook = await ctx.webhookRule({ action: 'echo-typed', actionParams: { ...wrong, ...TYPED } });
  const validate = ctx.canProve('executions.parameters_validated');

  for (const [name, value] of validate ? WRONG : []) {
    const parameters = { ...wrong, ...TYPED, [name]: value };
    const request = ctx.client.executions.execute({ action_ref: ctx.action('echo-typed'), parameters, validate });
    await expect(request).rejects.toMatchObject(rejectionOf(name));
  }
  await expectRuleRejected(ctx, hook, { ...wrong, ...TYPED, port: '8080' }, 'port');
  const control = { ...ctx.ledgerInput('control'), ...TYPED };
  const accepted = await run(ctx, 'echo-typed', control, validate);

  await expectRuns(ctx, 'echo-typed', 1, { wrong: 0, control: 1 }, accepted);
  expect(echoedParameters(accepted)).toEqual(control);
});

/** How much longer than the limit a process lives that ignores it, ms. */
const BEYOND_LIMIT_MS = 300;

claim('T3.13c', NEEDS, 'undeclared parameters are delivered as declared and change nothing', async (ctx) => {
  await ctx.pack('e2e');
  const seconds = shortestLimitSeconds(ctx.facts.capabilities);
  const hold_ms = 1_000 * seconds + BEYOND_LIMIT_MS;
  ctx.plan(hold_ms);
  const declared = (label: string) => ({ ...ctx.ledgerInput(label), hold_ms });
  const extra = { note: ctx.nonce, timeout_seconds: seconds };
  const action_ref = ctx.action('hold-then-echo');
  const { extraParams } = ctx.facts.choices;

  const control = run(ctx, 'hold-then-echo', declared('control'));
  const request = { action_ref, parameters: { ...declared('extra'), ...extra } };
  if (extraParams === 'reject') {
    await expect(ctx.client.executions.execute(request)).rejects.toMatchObject({ status: 422 });
  } else {
    const ended = await run(ctx, 'hold-then-echo', request.parameters);
    const delivered = extraParams === 'pass' ? extra : {};
    expect(echoedParameters(ended)).toEqual({ ...declared('extra'), ...delivered });
    expect(timeoutMarker(ended, ctx.facts.capabilities)).toEqual({ level: null, isTimedOut: false });
    expect(durationMs(ledgerInterval(ended, ctx.ledger))).toBeGreaterThanOrEqual(hold_ms);
  }

  expect(echoedParameters(await control)).toEqual(declared('control'));
  expect(runCounts(ctx, 'extra', 'control')).toEqual({ extra: extraParams === 'reject' ? 0 : 1, control: 1 });
  if (!ctx.canProve('executions.timeout')) return;
  const option = { action_ref, parameters: { ...declared('option'), hold_ms: 30_000 }, timeout_seconds: seconds };
  const { id } = await ctx.client.executions.execute(option); // the option of that name does stop a process
  const stopped = await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  expect(timeoutMarker(stopped, ctx.facts.capabilities)).toEqual({ level: 'request', isTimedOut: true });
});

const DEFAULTS = { text: 'standard', count: 3, flag: true };
const GIVEN = { text: 'given', count: 7, flag: false };
const EMPTY = { text: '', count: 0, flag: false };

claim('T3.13d', NEEDS, 'a default replaces an absent value only, with its type', async (ctx) => {
  await ctx.pack('e2e');
  const sent = { none: {}, given: GIVEN, empty: EMPTY, one: { count: 0 } };

  const ended = await Promise.all(
    Object.entries(sent).map(([label, values]) => run(ctx, 'echo-defaults', { ...ctx.ledgerInput(label), ...values })),
  );

  const labels = Object.keys(sent);
  expect(ended.map(echoedParameters)).toEqual(
    [DEFAULTS, GIVEN, EMPTY, { ...DEFAULTS, count: 0 }].map((values, n) => ({
      ...ctx.ledgerInput(labels[n]!),
      ...values,
    })),
  );
  expect(ended.map(({ config }) => config)).toEqual(
    Object.entries(sent).map(([label, values]) => ({ ...ctx.ledgerInput(label), ...values })),
  );
  expect(labels.map((label) => runsOf(ctx, label))).toEqual([1, 1, 1, 1]);
});
