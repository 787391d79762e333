// Spec: a body posted to a webhook becomes one event with the same content, which reaches the rule's action; an address that is not in force takes nothing in.
import { claim, type Context } from '../../../helpers/claim';
import { createClient } from '../../../helpers/client/client';
import { echoed } from '../../../helpers/echoed';
import { ApiError } from '../../../helpers/errors';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/event-conditions';
import { randomName } from '../../../helpers/names';
import { stays, until } from '../../../helpers/polling';
import type { WebhookRule } from '../../../helpers/webhook-rule';
import type { Parameters } from '../../../helpers/workflow';

const NEEDS = ['core', 'ledger.shared'];

/** A rule that hands these on to `echo-params`. */
const echoing = async (ctx: Context, params: Parameters): Promise<WebhookRule> => {
  await ctx.pack('e2e');
  return ctx.webhookRule({ action: 'echo-params', actionParams: { ...ctx.signed('row'), ...params } });
};

/** Somebody without a token, and the status of every answer to him. */
const stranger = (ctx: Context) => {
  const statuses: number[] = [];
  const observe = (_call: object, status: number) => void statuses.push(status);
  return { statuses, webhooks: createClient({ baseUrl: ctx.facts.url, observe }).webhooks };
};

const keyOf = ({ trigger }: WebhookRule): string => trigger.webhook_key ?? '';

const paramsOf = async (ctx: Context, ids: readonly { id: number }[]) =>
  (await Promise.all(ids.map(({ id }) => ctx.client.executions.get(id)))).map(echoed);

const FIELDS = {
  kind: '{{ event.payload.type }}',
  user: '{{ event.payload.user }}',
  nonce: '{{ event.payload.nonce }}',
};

claim('T1.4a', NEEDS, 'one post makes one event, one enforcement, one execution carrying its data', async (ctx) => {
  const hook = await echoing(ctx, FIELDS);
  const { webhooks, statuses } = stranger(ctx);
  const body = { type: 'user.created', user: 12345, nonce: ctx.nonce };

  const { event_id: event } = await webhooks.post(keyOf(hook), body);
  const of = { rule_ref: hook.rule.ref };
  const ends = await until(executionsToBe('completed', 1, ctx.client, of), ctx.deadline);

  expect(statuses).toEqual([200]);
  expect(await ctx.client.events.get(event)).toMatchObject({ trigger_ref: hook.trigger.ref, payload: body });
  const once = async () => [
    (await ctx.client.events.list({ trigger_ref: hook.trigger.ref })).map(({ id }) => id),
    (await ctx.client.enforcements.list(of)).map((each) => [each.event, each.rule]),
    (await ctx.client.executions.list(of)).map(({ id }) => id),
  ];
  const fence = enforcementsToBe(1, ctx.client, { event });
  await stays(once, [[event], [[event, hook.rule.id]], [ends[0]!.id]], fence, ctx.quietMs, ctx.deadline);
  const expected = { ...ctx.signed('row'), kind: 'user.created', user: 12345, nonce: ctx.nonce };
  expect(await paramsOf(ctx, ends)).toEqual([expected]);
});

claim('T1.4b', NEEDS, 'three concurrent posts produce three distinct executions', async (ctx) => {
  const hook = await echoing(ctx, FIELDS);
  const nonces = [1, 2, 3].map((n) => `${ctx.nonce}-${n}`);

  const posts = nonces.map((nonce, user) => hook.post({ type: 'burst', user, nonce }));
  const events = (await Promise.all(posts)).map(({ event_id: event }) => event);
  const fence = executionsToBe('completed', 3, ctx.client, { rule_ref: hook.rule.ref });
  const ended = async () => (await ctx.client.executions.list({ rule_ref: hook.rule.ref })).length;
  await stays(ended, 3, fence, ctx.quietMs, ctx.deadline);

  expect(new Set(events).size).toBe(3);
  const stored = await ctx.client.events.list({ trigger_ref: hook.trigger.ref });
  expect(stored.map(({ id }) => id).sort()).toEqual([...events].sort());
  const params = await paramsOf(ctx, await ctx.client.executions.list({ rule_ref: hook.rule.ref }));
  expect(params.map(({ nonce }) => nonce).sort()).toEqual(nonces);
  expect(ctx.ledger.count(ctx.signed('row').key)).toBe(3);
});

/** Six objects deep, with every value that a careless copy changes. */
const COMPLEX = {
  one: { two: { three: { four: { five: { six: 'deep' } } } } },
  edges: [null, false, 0, '', [], {}],
  numbers: { largest: Number.MAX_SAFE_INTEGER, half: 1.5 },
  texts: ['🦊 naïve', 'שלום עולם', 'line\nbreak\tand \\ backslash'],
  'a.dotted "quoted" key': { null: null, empty: {} },
};

claim('T1.4c', NEEDS, 'nested, unicode and edge values survive unchanged', async (ctx) => {
  const hook = await echoing(ctx, { document: '{{ event.payload }}' });
  const body = { ...COMPLEX, nonce: ctx.nonce };

  const { event_id: event } = await hook.post(body);
  const ends = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref }), ctx.deadline);

  expect((await ctx.client.events.get(event)).payload).toStrictEqual(body);
  expect(await paramsOf(ctx, ends)).toStrictEqual([{ ...ctx.signed('row'), document: body }]);
});

/** `accept`, or `reject` where it was refused with a status between 400 and 499. */
const outcome = async (answer: Promise<unknown>): Promise<string> => {
  try {
    await answer;
    return 'accept';
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return 'reject';
    throw error;
  }
};

claim('T1.4d', NEEDS, 'an empty object and an absent body have one defined meaning each', async (ctx) => {
  const hook = await echoing(ctx, { document: '{{ event.payload }}' });
  const declared = ctx.facts.choices.emptyBody;
  const accepted = { reject: 1, accept: 2 }[declared];

  const { event_id: event } = await hook.post({});
  const made = await outcome(ctx.client.webhooks.postNothing(keyOf(hook)));
  const fence = executionsToBe('completed', accepted, ctx.client, { rule_ref: hook.rule.ref });
  const events = () => ctx.client.events.list({ trigger_ref: hook.trigger.ref });
  await stays(async () => (await events()).length, accepted, fence, ctx.quietMs, ctx.deadline);

  expect(made).toBe(declared);
  expect((await ctx.client.events.get(event)).payload).toStrictEqual({});
  const ends = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  const expected = { ...ctx.signed('row'), document: {} };
  expect(await paramsOf(ctx, ends)).toStrictEqual(Array(accepted).fill(expected));
});

claim('T1.4e', NEEDS, 'unknown, rotated and disabled webhook addresses accept nothing', async (ctx) => {
  await ctx.pack('e2e');
  const rules = await Promise.all(['H', 'off'].map((label) => hooked(ctx, label)));
  const [hook, off] = [rules[0]!, rules[1]!];
  const { webhook_key: valid } = await ctx.client.triggers.regenerateWebhook(hook.trigger.ref);
  await ctx.client.triggers.disableWebhook(off.trigger.ref);
  const { webhooks } = stranger(ctx);

  const guesses = [`wh_${randomName(32)}`, String(hook.trigger.id), hook.trigger.ref];
  for (const key of [...guesses, keyOf(hook), keyOf(off)]) {
    await expect(webhooks.post(key, { nonce: ctx.nonce })).rejects.toMatchObject({ status: 404 });
  }
  const { event_id: event } = await webhooks.post(valid ?? '', { nonce: ctx.nonce });

  const eventsOf = async ({ trigger }: WebhookRule) =>
    (await ctx.client.events.list({ trigger_ref: trigger.ref })).map(({ id }) => id);
  const fence = eventsToBe(1, ctx.client, { trigger_ref: hook.trigger.ref });
  await stays(() => Promise.all(rules.map(eventsOf)), [[event], []], fence, ctx.quietMs, ctx.deadline);
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref }), ctx.deadline);
  expect(['H', 'off'].map((label) => ctx.ledger.count(ctx.signed(label).key))).toEqual([1, 0]);
});

/** A webhook whose rule signs the ledger. */
const hooked = (ctx: Context, label: string): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.signed(label) });
