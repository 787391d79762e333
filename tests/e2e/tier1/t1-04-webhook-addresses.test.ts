// Spec: the address of a webhook, its trigger and its rule work while they are enabled.
import { createClient } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { randomName } from '../../../helpers/scenario/names';
import { stays } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { onlyExecutionOf, readExecutions, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** A webhook rule whose action appends to the ledger. */
const ledgerRule = async (ctx: Context): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  return ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.ledgerInput('row') });
};

const webhookKeyOf = ({ trigger }: WebhookRule): string => trigger.webhook_key ?? '';

/** A client without a token. */
const anonymous = (ctx: Context) => createClient({ baseUrl: ctx.facts.url }).webhooks;

/** The webhook has received exactly these events, each of which ran the action once. */
const expectEvents = async (ctx: Context, { trigger, rule }: WebhookRule, ...events: number[]) => {
  const stored = async () => (await ctx.client.events.list({ trigger_ref: trigger.ref })).map(({ id }) => id);
  const fence = executionsToBe('completed', events.length, ctx.client, { rule_ref: rule.ref });
  await stays(stored, events, fence, ctx.quietMs, ctx.deadline);
  expect(runsOf(ctx, 'row')).toBe(events.length);
};

const MISSING = { status: 404 };

claim('T1.4e', NEEDS, 'unknown and rotated webhook addresses create no event', async (ctx) => {
  const hook = await ledgerRule(ctx);
  const { webhook_key: valid } = await ctx.client.triggers.regenerateWebhook(hook.trigger.ref);
  const webhooks = anonymous(ctx);

  const guesses = [`wh_${randomName(32)}`, String(hook.trigger.id), hook.trigger.ref, webhookKeyOf(hook)];
  for (const key of guesses) await expect(webhooks.post(key, { nonce: ctx.nonce })).rejects.toMatchObject(MISSING);
  expect((await ctx.client.triggers.enableWebhook(hook.trigger.ref)).webhook_key).toBe(valid);
  const { event_id: event } = await webhooks.post(valid ?? '', { nonce: ctx.nonce });

  await expectEvents(ctx, hook, event);
});

claim('T1.4j', NEEDS, 'the address of a disabled webhook is never valid again', async (ctx) => {
  const hook = await ledgerRule(ctx);
  const [other, { triggers }, webhooks] = [await ledgerRule(ctx), ctx.client, anonymous(ctx)];
  const post = (key = webhookKeyOf(hook)) => webhooks.post(key, { nonce: ctx.nonce });

  await triggers.disableWebhook(hook.trigger.ref);
  await expect(post()).rejects.toMatchObject(MISSING);
  await expect(triggers.regenerateWebhook(hook.trigger.ref)).rejects.toMatchObject({ status: 400 });
  expect((await triggers.get(hook.trigger.ref)).webhook_key ?? null).toBeNull();
  await triggers.enableWebhook(hook.trigger.ref);
  const { webhook_key: renewed } = await triggers.enableWebhook(hook.trigger.ref);
  await expect(post()).rejects.toMatchObject(MISSING);
  const { event_id: event } = await post(renewed ?? '');

  await expectEvents(ctx, hook, event);
  expect(await ctx.client.events.list({ trigger_ref: other.trigger.ref })).toEqual([]);
});

/** A webhook rule that passes the number of an event, and what posts one. */
const numberedRule = async (ctx: Context) => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.ledgerInput('row'), n: '{{ event.payload.n }}' };
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams });
  return { hook, post: async (n: number) => (await hook.post({ n })).event_id };
};

/** Exactly these events are stored, and the rule ran for these numbers. */
const expectNumbers = async (ctx: Context, { trigger, rule }: WebhookRule, events: number[], numbers: number[]) => {
  const filter = { rule_ref: rule.ref };
  const stored = async () =>
    (await ctx.client.events.list({ trigger_ref: trigger.ref })).map(({ id }) => id).sort((a, b) => a - b);
  const fence = executionsToBe('completed', numbers.length, ctx.client, filter);
  await stays(stored, events, fence, ctx.quietMs, ctx.deadline);
  const executions = await readExecutions(ctx, await ctx.client.executions.list(filter));
  expect(executions.map((each) => echoedParameters(each).n).sort()).toEqual(numbers);
  expect(runsOf(ctx, 'row')).toBe(numbers.length);
};

claim('T1.4f', NEEDS, 'a trigger that was disabled works again once it is enabled', async (ctx) => {
  const { hook, post } = await numberedRule(ctx);
  const { triggers } = ctx.client;
  const accepted = [await post(1)];

  await triggers.disable(hook.trigger.ref);
  await triggers.update(hook.trigger.ref, { label: 'renamed' });
  await expect(post(2)).rejects.toMatchObject(MISSING);
  const enabled = (await triggers.enabled()).filter(({ ref }) => ref === hook.trigger.ref);
  await triggers.enable(hook.trigger.ref);
  accepted.push(await post(3));

  expect(enabled).toEqual([]);
  await expectNumbers(ctx, hook, accepted, [1, 3]);
});

claim('T1.4k', NEEDS, 'a rule that was disabled works again once it is enabled', async (ctx) => {
  const { hook, post } = await numberedRule(ctx);
  const { rules, enforcements } = ctx.client;
  const first = await post(1);
  await onlyExecutionOf(ctx, hook);

  await rules.disable(hook.rule.ref);
  await rules.update(hook.rule.ref, { label: 'renamed' });
  const unmatched = await post(2);
  await rules.enable(hook.rule.ref);
  const last = await post(3);

  await expectNumbers(ctx, hook, [first, unmatched, last], [1, 3]);
  expect(await enforcements.list({ event: unmatched })).toEqual([]);
});

/** Prints the platform's variables, and whether the directory of artifacts is writable. */
const PRINT_VARIABLES = `env | grep '^ATTUNE_' | sort
test -d "$ATTUNE_ARTIFACTS_DIR" -a -w "$ATTUNE_ARTIFACTS_DIR" && echo ATTUNE_ARTIFACTS_DIR=writable`;

/** The variables that the process of an ended execution printed. */
const printedVariables = async (ctx: Context, id: number): Promise<Parameters> => {
  const { result } = await ctx.client.executions.get(id);
  const { stdout } = result as { stdout: string };
  const pairs = stdout.split('\n').map((line): [string, string] => {
    const [name = '', ...value] = line.split('=');
    return [name, value.join('=')];
  });
  return Object.fromEntries(pairs);
};

claim('T1.4g', NEEDS, 'a process receives its execution, action, pack, rule and trigger', async (ctx) => {
  const pack = await ctx.ownPack();
  const action = await createScriptAction(ctx, pack, PRINT_VARIABLES);
  const context = { user_name: "O'Neil = x", count: 2 };
  const hook = await ctx.webhookRule({ action, actionParams: { context, other: 'o' } });
  await hook.post({});
  const alone = await runToEnd(ctx, action, { context: 'text' });
  const enforced = await onlyExecutionOf(ctx, hook);

  const common = { ATTUNE_ACTION: action, ATTUNE_PACK_REF: pack, ATTUNE_ARTIFACTS_DIR: 'writable' };
  const ofRule = { ATTUNE_RULE: hook.rule.ref, ATTUNE_TRIGGER: hook.trigger.ref };
  const ofContext = { ATTUNE_CONTEXT_USER_NAME: context.user_name, ATTUNE_CONTEXT_COUNT: '2' };
  const printed = [await printedVariables(ctx, enforced.id), await printedVariables(ctx, alone.id)];
  expect(printed).toMatchObject([
    { ...common, ATTUNE_EXEC_ID: String(enforced.id), ...ofRule, ...ofContext },
    { ...common, ATTUNE_EXEC_ID: String(alone.id) },
  ]);
  const optional = /^ATTUNE_(RULE|TRIGGER|CONTEXT_.*|API_TOKEN|OTHER)$/;
  expect(Object.keys(printed[1]!).filter((name) => optional.test(name))).toEqual([]);
});
