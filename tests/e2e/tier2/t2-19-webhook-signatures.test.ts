// Spec: a webhook accepts a call that its sender has signed, once, and no other.
import { createHmac } from 'node:crypto';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { targetNow } from '../../../helpers/scenario/time/target-now';
import { callSender, wholeSecond } from '../support/webhooks/call-sender';
import { eventOf, postRaw } from '../support/webhooks/post-raw';
import { SECRET, SENDERS } from '../support/webhooks/senders';

const NEEDS = ['webhooks.raw', 'ledger.shared'];

/** A webhook whose rule matches nothing. */
const createHook = async (ctx: Context) => {
  await ctx.ownPack();
  return ctx.webhookRule({ action: 'core.noop', conditions: { expression: 'false' } });
};

claim.time('T2.19d', [...NEEDS, 'clock.virtual'], 'each scheme accepts its own signature and no other', async (ctx) => {
  const hook = await createHook(ctx);
  const found: Record<string, object> = {};
  const expected: Record<string, object> = {};

  const now = await wholeSecond(ctx);
  for (const [name, sender] of Object.entries(SENDERS)) {
    const calls = await callSender(ctx, hook, sender, now);
    found[name] = calls.found;
    expected[name] = calls.expected;
  }

  expect(found).toEqual(expected);
});

const BODY = '{"n":1}';

claim('T2.19e', NEEDS, 'a call that is sent again is the same event', async (ctx) => {
  const { trigger } = await createHook(ctx);
  const post = async (headers: Readonly<Record<string, string>>, body = BODY) =>
    postRaw(ctx, trigger.webhook_key, body, headers);
  const secure = (settings: object) => ctx.client.triggers.secureWebhook(trigger.ref, { body: 'raw', ...settings });
  const digest = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');
  const at = Math.floor(targetNow() / 1_000);
  const stripe = (seconds: number) => ({ 'stripe-signature': `t=${seconds},v1=${digest(`${seconds}.${BODY}`)}` });
  const github = (id: string) => ({ 'x-hub-signature-256': `sha256=${digest(BODY)}`, 'x-github-delivery': id });

  await secure({ signature: { scheme: 'stripe', secret: SECRET } });
  const signed = [
    await post(stripe(at)),
    await post({ ...stripe(at), 'idempotency-key': 'k' }),
    await post(stripe(at - 1)),
  ];
  const signature = { scheme: 'github', secret: SECRET };
  await secure({ signature });
  const unnamed = [await post(github('1')), await post(github('1'))];
  await secure({ signature, dedupe_header: 'X-GitHub-Delivery' });
  const named = [await post(github('2')), await post(github('2')), await post(github('3'))];
  await secure({});
  const keyed = [await post({ 'idempotency-key': 'a' }), await post({ 'idempotency-key': 'a' })];
  const other = await post({ 'idempotency-key': 'a' }, '{"n":2}');
  const another = await createHook(ctx);
  await ctx.client.triggers.secureWebhook(another.trigger.ref, { body: 'raw' });
  const elsewhere = await postRaw(ctx, another.trigger.webhook_key, BODY, { 'idempotency-key': 'a' });

  const groups = [signed, unnamed, named, keyed].map((responses) => responses.map(eventOf));
  const numbers = groups.map((events) => events.map((event) => [...new Set(events)].indexOf(event) + 1));
  expect(numbers).toEqual([
    [1, 1, 2],
    [1, 2],
    [1, 1, 2],
    [1, 1],
  ]);
  expect(keyed[1]!.text).toBe(keyed[0]!.text);
  expect(other.status).toBe(409);
  expect((await ctx.client.events.get(eventOf(elsewhere))).trigger_ref).toBe(another.trigger.ref);
  expect(await ctx.client.events.list({ trigger_ref: trigger.ref })).toHaveLength(7);
});
