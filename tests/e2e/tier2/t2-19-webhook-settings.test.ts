// Spec: the settings of a webhook decide which calls it takes, and how it reads them.
import { createHmac } from 'node:crypto';
import { ApiError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { ENVELOPES, RAW_BODIES } from '../support/webhooks/bodies';
import { uploadHookPack } from '../support/webhooks/hook-pack';
import { eventOf, postRaw } from '../support/webhooks/post-raw';
import { LIMITS, REFUSED_BESIDE_FILE, REFUSED_SETTINGS } from '../support/webhooks/settings';

const NEEDS = ['webhooks.raw', 'ledger.shared'];

/** A trigger with a webhook, and what posts to it. */
const createHook = async (ctx: Context, schemas: object = {}) => {
  const { triggers } = ctx.client;
  const pack_ref = await ctx.ownPack();
  const { ref } = await triggers.create({
    ref: `${pack_ref}.${ctx.name('hook')}`,
    pack_ref,
    label: 'hook',
    ...schemas,
  });
  const { webhook_key: key } = await triggers.enableWebhook(ref);
  const post = (body: string, headers: Readonly<Record<string, string | false>> = {}) =>
    postRaw(ctx, key, body, headers);
  return { ref, post, secure: (settings: object) => triggers.secureWebhook(ref, settings) };
};

/** The payload of the event of each body, or the refusal; and what they must be. */
const postBodies = async (
  ctx: Context,
  post: Awaited<ReturnType<typeof createHook>>['post'],
  rows: typeof RAW_BODIES,
) => {
  const found = Object.entries(rows).map(async ([name, { body, type }]) => {
    const response = await post(body, type === undefined ? {} : { 'content-type': type });
    if (response.status === 200) return [name, (await ctx.client.events.get(eventOf(response))).payload] as const;
    return [name, response.status] as const;
  });
  const expected = Object.entries(rows).map(([name, { payload, refused }]) => [name, refused ?? payload] as const);
  return [Object.fromEntries(await Promise.all(found)), Object.fromEntries(expected)];
};

claim('T2.19f', NEEDS, 'each kind of body is the payload that it says, or refused', async (ctx) => {
  const schema = {
    param_schema: { ref: { type: 'integer', required: true } },
    out_schema: { ref: { type: 'integer' } },
  };
  const [raw, envelope] = [await createHook(ctx, schema), await createHook(ctx, schema)];
  await raw.secure({ body: 'raw' });

  const [payloads, rawExpected] = await postBodies(ctx, raw.post, RAW_BODIES);
  const [enveloped, expected] = await postBodies(ctx, envelope.post, ENVELOPES);

  expect(payloads).toEqual(rawExpected);
  expect(enveloped).toEqual(expected);
  expect((await envelope.post('a=1', { 'content-type': 'application/x-www-form-urlencoded' })).text).toContain(
    'send {\\"payload\\": …} as JSON',
  );
});

/** The message of a refusal; null: the settings were stored. */
const rejectionOf = async (stored: Promise<unknown>): Promise<string | null> => {
  try {
    await stored;
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.message;
  }
};

const errorAt = (path: string) => expect.stringContaining(` returned 422: ${path} `) as string;

claim('T2.19g', NEEDS, 'settings with a mistake are refused, and change nothing', async (ctx) => {
  const { secure, post, ref } = await createHook(ctx);
  const before = await secure({ body: 'raw', headers: ['X-Event'] });

  const refused = await Promise.all(REFUSED_SETTINGS.map(([settings]) => rejectionOf(secure(settings))));

  expect(refused).toEqual(REFUSED_SETTINGS.map(([, path]) => errorAt(path)));
  expect(await ctx.client.triggers.get(ref)).toEqual(before);
  const { payload, config } = await ctx.client.events.get(
    eventOf(await post('{"n":1}', { 'X-Event': 'push', 'X-Other': 'o' })),
  );
  expect([payload, config?.headers, config?.hmac_verified]).toEqual([{ n: 1 }, { 'x-event': 'push' }, undefined]);
});

/** A body of exactly 2 KiB. */
const TWO_KIBIBYTES = JSON.stringify({ payload: 'x'.repeat(2_048 - '{"payload":""}'.length) });

claim('T2.19h', NEEDS, 'settings replace all earlier ones, and a new webhook has none', async (ctx) => {
  const hook = await createHook(ctx);

  const found: number[][] = [];
  for (const [settings] of LIMITS) {
    await hook.secure(settings);
    found.push([(await hook.post(TWO_KIBIBYTES)).status, (await hook.post(TWO_KIBIBYTES)).status]);
  }
  await hook.secure({ body: 'raw', signature: { scheme: 'gitlab', secret: 'a-secret' } });
  const { webhook_key: key } = await ctx.client.triggers.enableWebhook(hook.ref);
  const renewed = await postRaw(ctx, key, '{"payload":{"n":1},"headers":{"X-Event":"push"}}');

  expect(found).toEqual(LIMITS.map(([, statuses]) => statuses));
  const { payload, config } = await ctx.client.events.get(eventOf(renewed));
  expect([payload, config?.headers]).toEqual([{ n: 1 }, { 'X-Event': 'push' }]);
});

const IN_PACK = [...NEEDS, 'packs.warnings', 'timers.cron'];

claim('T2.19i', IN_PACK, 'the file of a trigger sets its webhook up, except for the secret', async (ctx) => {
  const { pack, warnings } = await uploadHookPack(ctx);
  const { triggers } = ctx.client;
  const ref = `${pack.ref}.hook`;
  const { webhook_key: key } = await triggers.enableWebhook(ref);
  const sign = (secret: string) => `sha256=${createHmac('sha256', secret).update('[1]').digest('hex')}`;
  const post = (secret: string) => postRaw(ctx, key, '[1]', { 'x-hub-signature-256': sign(secret), 'x-kind': 'k' });

  const withoutSecret = [await post('own'), await post('')];
  const refused = REFUSED_BESIDE_FILE.map(([settings]) => rejectionOf(triggers.secureWebhook(ref, settings)));
  expect(await Promise.all(refused)).toEqual(REFUSED_BESIDE_FILE.map(([, path]) => errorAt(path)));
  await triggers.secureWebhook(ref, { signature: { scheme: 'github', secret: 'own' } });
  const accepted = await post('own');
  await triggers.secureWebhook(ref, { headers: [], signature: { scheme: 'github', secret: 'next' } });
  const replaced = [await post('own'), await post('next')];

  expect([...withoutSecret, ...replaced].map(({ status }) => status)).toEqual([401, 401, 401, 200]);
  const events = await Promise.all([accepted, replaced[1]!].map((each) => ctx.client.events.get(eventOf(each))));
  expect(events.map(({ payload, config }) => [payload, config?.headers])).toEqual([
    [[1], { 'x-kind': 'k' }],
    [[1], {}],
  ]);
  const about = (text: string) => (warnings ?? []).filter((warning) => warning.includes(text)).length;
  expect([about('webhook/signature/secret must not be in a file'), about('CRON_INVALID')]).toEqual([1, 1]);
  for (const skipped of [triggers.get(`${pack.ref}.secret`), ctx.client.rules.get(`${pack.ref}.late`)])
    await expect(skipped).rejects.toMatchObject({ status: 404 });
});
