// Spec: a body posted to a valid webhook becomes one event with the same content for its rule.
import { createClient } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { onlyExecutionOf, readExecutions } from '../../../helpers/scenario/resources/ended-executions';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

/** A webhook rule that passes these parameters to `echo-params`. */
const echoRule = async (ctx: Context, params: Parameters, conditions: Parameters = {}): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  return ctx.webhookRule({ action: 'echo-params', conditions, actionParams: { ...ctx.ledgerInput('row'), ...params } });
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
  (await readExecutions(ctx, executions)).map(echoedParameters);

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
  const execution = await onlyExecutionOf(ctx, hook);

  expect(statuses).toEqual([200]);
  expect(await ctx.client.events.get(event)).toMatchObject({ trigger_ref: hook.trigger.ref, payload: body });
  const filter = { rule_ref: hook.rule.ref };
  const records = async () => [
    (await ctx.client.events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => id),
    (await ctx.client.enforcements.list(filter)).map((each) => [each.event, each.rule]),
    (await ctx.client.executions.list(filter)).map(({ id }) => id),
  ];
  const fence = enforcementsToBe(1, ctx.client, { event });
  await stays(records, [[event], [[event, hook.rule.id]], [execution.id]], fence, ctx.quietMs, ctx.deadline);
  const expected = { ...ctx.ledgerInput('row'), kind: 'user.created', user: 12345, nonce: ctx.nonce };
  expect(echoedParameters(execution)).toEqual(expected);
});

claim('T1.4h', NEEDS, 'an enforcement has the payload of its event and its parameters', async (ctx) => {
  const conditions = { expression: 'event.payload.user == 12345' };
  const hook = await echoRule(ctx, FIELDS, conditions);
  const payload = { type: 'user.created', user: 12345, nonce: ctx.nonce };

  const { event_id: event } = await hook.post(payload);
  await onlyExecutionOf(ctx, hook);
  await ctx.client.rules.update(hook.rule.ref, { conditions: {}, action_params: ctx.ledgerInput('row') });

  const [enforcement] = await until(enforcementsToBe(1, ctx.client, { event }), ctx.deadline);
  const { correlation_id } = await ctx.client.events.get(event);
  expect(await ctx.client.enforcements.get(enforcement!.id)).toEqual({
    id: enforcement!.id,
    rule: hook.rule.id,
    rule_ref: hook.rule.ref,
    trigger_ref: hook.trigger.ref,
    event,
    status: 'processed',
    condition: 'all',
    conditions,
    payload,
    config: { ...ctx.ledgerInput('row'), kind: 'user.created', user: 12345, nonce: ctx.nonce },
    ...(correlation_id !== undefined && { correlation_id }),
    created: expect.any(String) as string,
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

/** Posts each body, and an emoji as Python writes it. Returns the payloads and their events. */
const postEach = async (ctx: Context, hook: WebhookRule) => {
  const bodies = [{ ...COMPLEX, nonce: ctx.nonce }, null, 0, [false, null], MANY];
  const posts = await Promise.all(bodies.map((body) => hook.post(body)));
  const escaped = await postText(ctx, hook, '{"payload": "\\ud83e\\udd8a"}');
  const events = [...posts, escaped].map(({ event_id: id }) => id);
  const filter = { rule_ref: hook.rule.ref };
  const executions = await until(executionsToBe('completed', events.length, ctx.client, filter), ctx.deadline);
  return { payloads: [...bodies, '🦊'], events, executions };
};

claim('T1.4c', NEEDS, 'nested, Unicode and edge values reach the action unchanged', async (ctx) => {
  const hook = await echoRule(ctx, { document: '{{ event.payload }}', event: '{{ event.id }}' });

  const { payloads, events, executions } = await postEach(ctx, hook);

  const stored = await Promise.all(events.map((id) => ctx.client.events.get(id)));
  expect(stored.map(({ payload }) => payload)).toStrictEqual(payloads);
  const received = new Map((await parametersOf(ctx, executions)).map((params) => [params.event, params]));
  expect(events.map((id) => received.get(id))).toStrictEqual(
    events.map((event, n) => ({ ...ctx.ledgerInput('row'), document: payloads[n], event })),
  );
});

claim('T1.4i', NEEDS, 'an enforcement of a payload that is no object has an empty one', async (ctx) => {
  const hook = await echoRule(ctx, {});

  const { payloads, events, executions } = await postEach(ctx, hook);

  const ids = executions.map(({ enforcement }) => enforcement!);
  const enforcements = await Promise.all(ids.map((id) => ctx.client.enforcements.get(id)));
  const enforced = new Map(enforcements.map(({ event, payload }) => [event, payload]));
  const [complex, ...others] = payloads;
  expect(events.map((id) => enforced.get(id))).toEqual([complex, ...others.map(() => ({}))]);
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
