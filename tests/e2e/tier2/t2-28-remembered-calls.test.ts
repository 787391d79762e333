// Spec: a webhook takes a call that is sent again within a day as the same event.
import { createHmac } from 'node:crypto';
import { createClient } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { passAfter } from '../support/retention-pass';
import { wholeSecond } from '../support/webhooks/call-sender';
import { eventOf, postRaw } from '../support/webhooks/post-raw';
import { SECRET } from '../support/webhooks/senders';

const NEEDS = ['webhooks.raw', 'ledger.shared', 'clock.virtual', 'retention.passes'];

const BODY = '{"n":1}';
const DAY_SECONDS = 86_400;

/** A webhook with these settings, whose rule matches nothing. Returns what posts to it. */
const createHook = async (ctx: TimeContext, settings: object) => {
  await ctx.ownPack();
  const { trigger } = await ctx.webhookRule({ action: 'core.noop', conditions: { expression: 'false' } });
  await ctx.client.triggers.secureWebhook(trigger.ref, { body: 'raw', ...settings });
  return (headers: Readonly<Record<string, string>> = {}) => postRaw(ctx, trigger.webhook_key, BODY, headers);
};

/** How a call is recognized: the settings of its webhook, and its headers, at Unix seconds. */
const WAYS: Readonly<Record<string, readonly [object, (at: number) => Readonly<Record<string, string>>]>> = {
  'its key': [{}, () => ({ 'idempotency-key': 'k' })],
  'its key, elsewhere': [{}, () => ({ 'idempotency-key': 'k' })],
  'a named header': [{ dedupe_header: 'X-Delivery' }, () => ({ 'x-delivery': 'd' })],
  'its signature': [
    { signature: { scheme: 'stripe', secret: SECRET, tolerance_seconds: DAY_SECONDS } },
    (at) => {
      const digest = createHmac('sha256', SECRET).update(`${at}.${BODY}`).digest('hex');
      return { 'stripe-signature': `t=${at},v1=${digest}` };
    },
  ],
  nothing: [{}, () => ({})],
};

/** Lets calls expire after an hour, and waits for a pass of retention: it keeps them for a day. */
async function letCallsExpire(ctx: TimeContext): Promise<void> {
  const { url, token } = currentRunFacts(); // whose tenant alone may change the settings
  const client = createClient({ baseUrl: url, token });
  const { targets, last_pass } = await client.retention.get();
  const expireAfter = (max_age_seconds: number | null) => ({ targets: { webhook_event_logs: { max_age_seconds } } });
  ctx.defer(() => client.retention.update(expireAfter(targets.webhook_event_logs.max_age_seconds)));
  const startedAfter = last_pass ? parseInstant(last_pass.started_at) : 0;
  await passAfter(ctx, client, { ...expireAfter(3_600), dry_run: false }, startedAfter);
}

claim.time('T2.28a', NEEDS, 'a call that is sent again within a day is the same event', async (ctx) => {
  const start = await wholeSecond(ctx);
  const names = Object.keys(WAYS);
  const hooks = await Promise.all(names.map((name) => createHook(ctx, WAYS[name]![0])));
  const postAll = async (seconds: number) => {
    await ctx.time.passTo(rfc3339((start + seconds) * 1_000));
    return Promise.all(hooks.map((post, n) => post(WAYS[names[n]!]![1](start))));
  };

  const calls = [await postAll(0)];
  await ctx.time.passTo(rfc3339((start + DAY_SECONDS - 1) * 1_000));
  await letCallsExpire(ctx);
  calls.push(await postAll(DAY_SECONDS - 1), await postAll(DAY_SECONDS));

  const events = names.map((_, n) => calls.map((responses) => eventOf(responses[n]!)));
  const numbered = names.map((name, n) => [
    name,
    events[n]!.map((event) => [...new Set(events[n])].indexOf(event) + 1),
  ]);
  expect(numbered).toEqual([
    ['its key', [1, 1, 2]],
    ['its key, elsewhere', [1, 1, 2]],
    ['a named header', [1, 1, 2]],
    ['its signature', [1, 1, 1]],
    ['nothing', [1, 2, 3]],
  ]);
  expect(new Set(events.flat()).size).toBe(2 + 2 + 2 + 1 + 3);
  expect((await postAll(DAY_SECONDS + 1)).map(({ status }) => status)).toEqual([200, 200, 200, 401, 200]);
});
