// Spec: a body posted to a valid webhook becomes one event with the same content for its rule.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createClient } from '../../../helpers/client/client';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { ApiError } from '../../../helpers/errors';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { randomName } from '../../../helpers/scenario/names';
import { stays, until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { runCounts, runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

/** A webhook rule that passes these parameters to `echo-params`. */
const echoRule = async (ctx: Context, params: Parameters): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  return ctx.webhookRule({ action: 'echo-params', actionParams: { ...ctx.ledgerInput('row'), ...params } });
};

/** A client without a token, and the status of every response it received. */
const anonymousClient = (ctx: Context) => {
  const statuses: number[] = [];
  const observe = (_call: object, status: number) => void statuses.push(status);
  return { statuses, webhooks: createClient({ baseUrl: ctx.facts.url, observe }).webhooks };
};

const webhookKeyOf = ({ trigger }: WebhookRule): string => trigger.webhook_key ?? '';

/** The parameters that the process of each execution received. */
const parametersOf = async (ctx: Context, executions: readonly { id: number }[]) =>
  (await Promise.all(executions.map(({ id }) => ctx.client.executions.get(id)))).map(echoedParameters);

const FIELDS = {
  kind: '{{ event.payload.type }}',
  user: '{{ event.payload.user }}',
  nonce: '{{ event.payload.nonce }}',
};

claim('T1.4a', NEEDS, 'one post creates one event, one enforcement and one execution', async (ctx) => {
  const hook = await echoRule(ctx, FIELDS);
  const { webhooks, statuses } = anonymousClient(ctx);
  const body = { type: 'user.created', user: 12345, nonce: ctx.nonce };

  const { event_id: event } = await webhooks.post(webhookKeyOf(hook), body);
  const filter = { rule_ref: hook.rule.ref };
  const executions = await until(executionsToBe('completed', 1, ctx.client, filter), ctx.deadline);

  expect(statuses).toEqual([200]);
  expect(await ctx.client.events.get(event)).toMatchObject({ trigger_ref: hook.trigger.ref, payload: body });
  const records = async () => [
    (await ctx.client.events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => id),
    (await ctx.client.enforcements.list(filter)).map((each) => [each.event, each.rule]),
    (await ctx.client.executions.list(filter)).map(({ id }) => id),
  ];
  const fence = enforcementsToBe(1, ctx.client, { event });
  await stays(records, [[event], [[event, hook.rule.id]], [executions[0]!.id]], fence, ctx.quietMs, ctx.deadline);
  const expected = { ...ctx.ledgerInput('row'), kind: 'user.created', user: 12345, nonce: ctx.nonce };
  expect(await parametersOf(ctx, executions)).toEqual([expected]);
  const [enforcement] = await ctx.client.enforcements.list(filter);
  expect(await ctx.client.enforcements.get(enforcement!.id)).toMatchObject({
    ...{ status: 'processed', trigger_ref: hook.trigger.ref, payload: body, config: expected },
    resolved_at: expect.any(String) as string,
  });
});

claim('T1.4b', NEEDS, 'three concurrent posts create three distinct executions', async (ctx) => {
  const hook = await echoRule(ctx, FIELDS);
  const nonces = [1, 2, 3].map((n) => `${ctx.nonce}-${n}`);

  const posts = nonces.map((nonce, user) => hook.post({ type: 'burst', user, nonce }));
  const events = (await Promise.all(posts)).map(({ event_id: event }) => event);
  const fence = executionsToBe('completed', 3, ctx.client, { rule_ref: hook.rule.ref });
  const completedCount = async () => (await ctx.client.executions.list({ rule_ref: hook.rule.ref })).length;
  await stays(completedCount, 3, fence, ctx.quietMs, ctx.deadline);

  expect(new Set(events).size).toBe(3);
  const stored = await ctx.client.events.list({ trigger_ref: hook.trigger.ref });
  expect(stored.map(({ id }) => id).sort()).toEqual([...events].sort());
  const params = await parametersOf(ctx, await ctx.client.executions.list({ rule_ref: hook.rule.ref }));
  expect(params.map(({ nonce }) => nonce).sort()).toEqual(nonces);
  expect(runsOf(ctx, 'row')).toBe(3);
});

/** Posts a text that no serializer of this process writes. Returns the receipt. */
const postText = async ({ facts }: Context, hook: WebhookRule, body: string): Promise<{ event_id: number }> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${facts.url}/api/v1/webhooks/${webhookKeyOf(hook)}`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: { event_id: number } }).data;
};

/** Six nested objects, and values that an incorrect copy would change. */
const COMPLEX = {
  one: { two: { three: { four: { five: { six: 'deep' } } } } },
  edges: [null, false, 0, '', [], {}],
  numbers: { largest: Number.MAX_SAFE_INTEGER, half: 1.5 },
  texts: ['🦊 naïve', 'שלום עולם', 'line\nbreak\tand \\ backslash'],
  'a.dotted "quoted" key': { null: null, empty: {} },
};

/** More objects and lists side by side than a body may have inside each other. */
const MANY = Array.from({ length: 200 }, (_, n) => ({ list: [n] }));

claim('T1.4c', NEEDS, 'nested, Unicode and edge values reach the action unchanged', async (ctx) => {
  const hook = await echoRule(ctx, { document: '{{ event.payload }}', event: '{{ event.id }}' });
  const bodies = [{ ...COMPLEX, nonce: ctx.nonce }, null, 0, [false, null], MANY];
  const payloads = [...bodies, '🦊'];

  const posts = await Promise.all(bodies.map((body) => hook.post(body)));
  const escaped = await postText(ctx, hook, '{"payload": "\\ud83e\\udd8a"}'); // as Python writes it
  const filter = { rule_ref: hook.rule.ref };
  const executions = await until(executionsToBe('completed', payloads.length, ctx.client, filter), ctx.deadline);

  const events = await Promise.all([...posts, escaped].map(({ event_id: id }) => ctx.client.events.get(id)));
  expect(events.map(({ payload }) => payload)).toStrictEqual(payloads);
  const enforcements = await Promise.all(
    executions.map(({ enforcement }) => ctx.client.enforcements.get(enforcement!)),
  );
  const enforced = new Map(enforcements.map(({ event, payload }) => [event, payload]));
  const [complex] = payloads; // the payload of an enforcement is an object
  expect(events.map(({ id }) => enforced.get(id))).toEqual(
    payloads.map((payload) => (payload === complex ? complex : {})),
  );
  const received = new Map((await parametersOf(ctx, executions)).map((params) => [params.event, params]));
  expect(events.map(({ id }) => received.get(id))).toStrictEqual(
    events.map(({ id }, n) => ({ ...ctx.ledgerInput('row'), document: payloads[n], event: id })),
  );
});

/** `accept`, or `reject` for an error with a status between 400 and 499. */
const outcomeOf = async (response: Promise<unknown>): Promise<string> => {
  try {
    await response;
    return 'accept';
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return 'reject';
    throw error;
  }
};

claim('T1.4d', NEEDS, 'an empty object and an absent body have one defined result each', async (ctx) => {
  const hook = await echoRule(ctx, { document: '{{ event.payload }}' });
  const declared = ctx.facts.choices.emptyBody;
  const acceptedCount = { reject: 1, accept: 2 }[declared];

  const { event_id: event } = await hook.post({});
  const path = `/webhooks/${webhookKeyOf(hook)}`;
  const withoutPayload = ctx.client.request.status({ method: 'POST', path, body: { user: 1 } });
  await expect(withoutPayload).rejects.toMatchObject({ status: 400 });
  const emptyBodyOutcome = await outcomeOf(ctx.client.webhooks.postWithoutBody(webhookKeyOf(hook)));
  const fence = executionsToBe('completed', acceptedCount, ctx.client, { rule_ref: hook.rule.ref });
  const events = () => ctx.client.events.list({ trigger_ref: hook.trigger.ref });
  await stays(async () => (await events()).length, acceptedCount, fence, ctx.quietMs, ctx.deadline);

  expect(emptyBodyOutcome).toBe(declared);
  expect((await ctx.client.events.get(event)).payload).toStrictEqual({});
  const executions = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  const expected = { ...ctx.ledgerInput('row'), document: {} };
  expect(await parametersOf(ctx, executions)).toStrictEqual(Array(acceptedCount).fill(expected));
});

claim('T1.4e', NEEDS, 'unknown, rotated and disabled webhook addresses create no event', async (ctx) => {
  await ctx.pack('e2e');
  const webhookRules = await Promise.all(['H', 'off'].map((label) => ledgerRule(ctx, label)));
  const [hook, disabled] = [webhookRules[0]!, webhookRules[1]!];
  const { webhook_key: valid } = await ctx.client.triggers.regenerateWebhook(hook.trigger.ref);
  await ctx.client.triggers.disableWebhook(disabled.trigger.ref);
  const { webhooks } = anonymousClient(ctx);

  const guesses = [`wh_${randomName(32)}`, String(hook.trigger.id), hook.trigger.ref];
  for (const key of [...guesses, webhookKeyOf(hook), webhookKeyOf(disabled)]) {
    await expect(webhooks.post(key, { nonce: ctx.nonce })).rejects.toMatchObject({ status: 404 });
  }
  await ctx.client.triggers.enableWebhook(disabled.trigger.ref);
  const { webhook_key: renewed } = await ctx.client.triggers.enableWebhook(disabled.trigger.ref);
  expect((await ctx.client.triggers.enableWebhook(hook.trigger.ref)).webhook_key).toBe(valid);
  await expect(webhooks.post(webhookKeyOf(disabled), { nonce: ctx.nonce })).rejects.toMatchObject({ status: 404 });
  const posts = [valid, renewed].map((key) => webhooks.post(key ?? '', { nonce: ctx.nonce }));
  const accepted = (await Promise.all(posts)).map(({ event_id: event }) => [event]);

  const eventsOf = async ({ trigger }: WebhookRule) =>
    (await ctx.client.events.list({ trigger_ref: trigger.ref })).map(({ id }) => id);
  const fence = eventsToBe(1, ctx.client, { trigger_ref: hook.trigger.ref });
  await stays(() => Promise.all(webhookRules.map(eventsOf)), accepted, fence, ctx.quietMs, ctx.deadline);
  for (const { rule } of webhookRules) {
    await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  }
  expect(runCounts(ctx, 'H', 'off')).toEqual({ H: 1, off: 1 });
});

/** A webhook rule whose action appends to the ledger. */
const ledgerRule = (ctx: Context, label: string): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.ledgerInput(label) });

claim('T1.4f', NEEDS, 'a trigger or rule that was disabled works again once it is enabled', async (ctx) => {
  const hook = await echoRule(ctx, { n: '{{ event.payload.n }}' });
  const { triggers, rules, events, executions } = ctx.client;
  const { trigger, rule } = hook;
  const post = async (n: number) => (await hook.post({ n })).event_id;
  const accepted = [await post(1)];

  await triggers.disable(trigger.ref);
  await triggers.update(trigger.ref, { label: 'renamed' });
  await expect(post(2)).rejects.toMatchObject({ status: 404 });
  expect((await triggers.enabled()).filter(({ ref }) => ref === trigger.ref)).toEqual([]);
  await triggers.enable(trigger.ref);
  accepted.push(await post(3));
  await until(executionsToBe('completed', 2, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await rules.disable(rule.ref);
  await rules.update(rule.ref, { label: 'renamed' });
  const unmatched = await post(4);
  await rules.enable(rule.ref);
  accepted.push(await post(5));

  const fence = executionsToBe('completed', 3, ctx.client, { rule_ref: rule.ref });
  const stored = async () =>
    (await events.list({ trigger_ref: trigger.ref })).map(({ id }) => id).sort((a, b) => a - b);
  const all = [...accepted, unmatched].sort((a, b) => a - b);
  await stays(stored, all, fence, ctx.quietMs, ctx.deadline);
  const params = await parametersOf(ctx, await executions.list({ rule_ref: rule.ref }));
  expect(params.map(({ n }) => n).sort()).toEqual([1, 3, 5]);
  expect(await ctx.client.enforcements.list({ event: unmatched })).toEqual([]);
  expect(runsOf(ctx, 'row')).toBe(3);
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
  const { rule, trigger, post } = await ctx.webhookRule({ action, actionParams: { context, other: 'o' } });
  await post({});
  const { id: alone } = await ctx.client.executions.execute({ action_ref: action, parameters: { context: 'text' } });

  const [enforced] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await until(executionToBe('completed', ctx.client, alone), ctx.deadline);

  const common = { ATTUNE_ACTION: action, ATTUNE_PACK_REF: pack, ATTUNE_ARTIFACTS_DIR: 'writable' };
  const printed = [await printedVariables(ctx, enforced!.id), await printedVariables(ctx, alone)];
  expect(printed).toMatchObject([
    {
      ...{ ...common, ATTUNE_EXEC_ID: String(enforced!.id), ATTUNE_RULE: rule.ref, ATTUNE_TRIGGER: trigger.ref },
      ...{ ATTUNE_CONTEXT_USER_NAME: context.user_name, ATTUNE_CONTEXT_COUNT: '2' },
    },
    { ...common, ATTUNE_EXEC_ID: String(alone) },
  ]);
  const optional = /^ATTUNE_(RULE|TRIGGER|CONTEXT_.*|API_TOKEN|OTHER)$/;
  expect(Object.keys(printed[1]!).filter((name) => optional.test(name))).toEqual([]);
});
