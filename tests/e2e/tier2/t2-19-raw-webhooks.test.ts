// Spec: a webhook takes the documents of other senders, and only those that they have signed.
import { createHmac } from 'node:crypto';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { sendRawRequest, type RawResponse } from '../support/raw-request';

const NEEDS = ['webhooks.raw', 'ledger.shared'];

const post = (ctx: Context, key: string | undefined, body: string, headers: Readonly<Record<string, string>>) =>
  sendRawRequest(ctx.facts, { method: 'POST', path: `/api/v1/webhooks/${key ?? ''}`, body, headers });

const eventOf = ({ text }: RawResponse): number => (JSON.parse(text) as { data: { event_id: number } }).data.event_id;

claim('T2.19a', NEEDS, 'a signed push of GitHub fires a rule, a wrong signature does not', async (ctx) => {
  await ctx.pack('e2e');
  const secret = ctx.name('secret');
  const actionParams = {
    ...ctx.ledgerInput('push'),
    ref: '{{ event.payload.ref }}',
    kind: "{{ event.headers['x-github-event'] }}",
  };
  const conditions = { expression: "event.headers['x-github-event'] == 'push'" };
  const hook = await ctx.webhookRule({ action: 'echo-params', conditions, actionParams });
  const signature = { scheme: 'github', secret } as const;
  const settings = { body: 'raw' as const, headers: ['X-GitHub-Event'], signature };
  await ctx.client.triggers.secureWebhook(hook.trigger.ref, settings);
  const body = '{ "ref" : "refs/heads/main" }';
  const sign = (text: string) => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const send = (kind: string, signature: string) =>
    post(ctx, hook.trigger.webhook_key, body, {
      'content-type': 'application/json',
      'x-github-event': kind,
      'x-hub-signature-256': signature,
    });

  const responses = [
    await send('push', sign(`${body} `)),
    await send('push', sign(body).toUpperCase()),
    await send('ping', sign(body)),
    await send('push', sign(body)),
  ];

  expect(responses.map(({ status }) => status)).toEqual([401, 401, 200, 200]);
  const filter = { rule_ref: hook.rule.ref };
  const completed = executionsToBe('completed', 1, ctx.client, filter);
  const [execution] = await until(completed, ctx.deadline);
  const count = async () => (await ctx.client.executions.list(filter)).length;
  await stays(count, 1, completed, ctx.quietMs, ctx.deadline);
  const shown = echoedParameters(await ctx.client.executions.get(execution!.id));
  expect(shown).toEqual({ ...ctx.ledgerInput('push'), ref: 'refs/heads/main', kind: 'push' });
  const event = await ctx.client.events.get(eventOf(responses[3]!));
  expect([event.payload, event.config?.headers]).toEqual([{ ref: 'refs/heads/main' }, { 'x-github-event': 'push' }]);
});

claim('T2.19b', NEEDS, 'a form is an event of its fields, and fires a rule', async (ctx) => {
  await ctx.pack('e2e');
  const actionParams = { ...ctx.ledgerInput('form'), text: '{{ event.payload.text }}' };
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams });
  await ctx.client.triggers.secureWebhook(hook.trigger.ref, { body: 'raw' });

  const response = await post(ctx, hook.trigger.webhook_key, 'text=na%C3%AFve+%26+more&tag=1&tag=2', {
    'content-type': 'application/x-www-form-urlencoded',
  });

  expect(response.status).toBe(200);
  const completed = executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref });
  const [execution] = await until(completed, ctx.deadline);
  const shown = echoedParameters(await ctx.client.executions.get(execution!.id));
  expect(shown).toEqual({ ...ctx.ledgerInput('form'), text: 'naïve & more' });
  const { payload } = await ctx.client.events.get(eventOf(response));
  expect(payload).toEqual({ text: 'naïve & more', tag: ['1', '2'] });
});
