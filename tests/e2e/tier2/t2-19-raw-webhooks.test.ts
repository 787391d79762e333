// Spec: a webhook takes the documents of other senders, and only those that they have signed.
import { createHmac } from 'node:crypto';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { onlyExecutionOf } from '../../../helpers/scenario/resources/ended-executions';
import { eventOf, postRaw } from '../support/webhooks/post-raw';

const NEEDS = ['webhooks.raw', 'ledger.shared'];

const BODY = '{ "ref" : "refs/heads/main" }';
const PAYLOAD = { ref: 'refs/heads/main' };

/**
 * A raw webhook with the settings of GitHub, whose rule passes the ref of a push. Returns it, the
 * signature of a text, and what sends the body as an event of this kind.
 */
const createPushHook = async (ctx: Context) => {
  await ctx.pack('e2e');
  const secret = ctx.name('secret');
  const kind = "event.headers['x-github-event']";
  const actionParams = { ...ctx.ledgerInput('push'), ref: '{{ event.payload.ref }}', kind: `{{ ${kind} }}` };
  const conditions = { expression: `${kind} == 'push'` };
  const hook = await ctx.webhookRule({ action: 'echo-params', conditions, actionParams });
  const signature = { scheme: 'github', secret } as const;
  const settings = { body: 'raw' as const, headers: ['X-GitHub-Event'], signature };
  await ctx.client.triggers.secureWebhook(hook.trigger.ref, settings);
  const sign = (text: string) => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const send = (event: string, signed: string) =>
    postRaw(ctx, hook.trigger.webhook_key, BODY, {
      'x-github-event': event,
      'x-hub-signature-256': signed,
    });
  return { hook, sign, send };
};

claim('T2.19a', NEEDS, 'a signed push of GitHub fires a rule, a wrong signature does not', async (ctx) => {
  const { hook, sign, send } = await createPushHook(ctx);

  const altered = await send('push', sign(`${BODY} `));
  const inCapitals = await send('push', sign(BODY).toUpperCase());
  const ping = await send('ping', sign(BODY));
  const push = await send('push', sign(BODY));

  expect([altered, inCapitals, ping, push].map(({ status }) => status)).toEqual([401, 401, 200, 200]);
  const execution = await onlyExecutionOf(ctx, hook);
  expect(echoedParameters(execution)).toEqual({ ...ctx.ledgerInput('push'), ...PAYLOAD, kind: 'push' });
  const filter = { rule_ref: hook.rule.ref };
  const count = async () => (await ctx.client.executions.list(filter)).length;
  await stays(count, 1, executionsToBe('completed', 1, ctx.client, filter), ctx.quietMs, ctx.deadline);
});

claim('T2.19c', NEEDS, 'the event of a raw webhook keeps the document and the named headers', async (ctx) => {
  const { sign, send } = await createPushHook(ctx);

  const { payload, config } = await ctx.client.events.get(eventOf(await send('push', sign(BODY))));

  expect([payload, config?.headers]).toEqual([PAYLOAD, { 'x-github-event': 'push' }]);
  expect(config?.hmac_verified).toBe(true);
});

claim('T2.19b', NEEDS, 'a form is an event of its fields, and fires a rule', async (ctx) => {
  await ctx.pack('e2e');
  const actionParams = {
    ...ctx.ledgerInput('form'),
    text: '{{ event.payload.text }}',
    json: '{{ event.payload.json | fromjson }}',
  };
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams });
  await ctx.client.triggers.secureWebhook(hook.trigger.ref, { body: 'raw' });

  const response = await postRaw(
    ctx,
    hook.trigger.webhook_key,
    'text=na%C3%AFve+%26+more&tag=1&tag=2&json=%7B%22n%22%3A1%7D',
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  );

  expect(response.status).toBe(200);
  const shown = echoedParameters(await onlyExecutionOf(ctx, hook));
  expect(shown).toEqual({ ...ctx.ledgerInput('form'), text: 'naïve & more', json: { n: 1 } });
  const { payload } = await ctx.client.events.get(eventOf(response));
  expect(payload).toEqual({ text: 'naïve & more', tag: ['1', '2'], json: '{"n":1}' });
});
