import { withWebhook } from '../with-webhook';

const MAXIMUM = { queuedExecutions: 3, eventsPerMinute: 2, sockets: 1 };
const webhook = withWebhook({ limits: MAXIMUM });

const execute = () => webhook.send('POST', '/executions/execute', { action_ref: 'core.noop' });

test('a tenant with too many events gets 429 for its webhooks', async () => {
  const trigger = await webhook.hook();
  const fire = () => webhook.post(trigger.webhook_key, '{"payload": {}}');

  const responses = [await fire(), await fire(), await fire()];

  expect(responses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
  expect(responses[2]!.json()).toMatchObject({
    details: { reason: 'TENANT_LIMIT', limit: 'events a minute', maximum: 2 },
  });
});

test('a full queue of a tenant rejects further requests and says how full', async () => {
  const accepted = await Promise.all([execute(), execute(), execute()]);

  const refused = await execute();

  expect(accepted.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
  expect([refused.statusCode, refused.headers['retry-after'], refused.json()]).toMatchObject([
    429,
    '1',
    { code: 'TOO_MANY_REQUESTS', details: { limit: 'queued executions', current: 3, maximum: 3 } },
  ]);
});
