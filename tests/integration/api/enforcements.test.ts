import type { Enforcement } from '../../../contract/events';
import type { Execution, ExecutionSummary } from '../../../contract/executions';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();

test('secret parameters are shown to callers that may decrypt enforcements', async () => {
  const param_schema = { token: { type: 'string', secret: true }, n: { type: 'integer' } };
  const action = { ref: 'demo.take', pack_ref: 'demo', label: 'take', entrypoint: 'true', runtime_ref: 'core.shell' };
  await webhook.dataOf(webhook.send('POST', '/actions', { ...action, param_schema }));
  const { ref, webhook_key: key } = await webhook.hook();
  await webhook.rule(ref, { action_ref: 'demo.take', action_params: { token: 'open-sesame', n: 1 } });
  const { id } = (await webhook.enforcements(await webhook.fire(key, {})))[0]!;
  const [reader, decrypter] = await Promise.all(
    [['read'], ['read', 'decrypt']].map((actions) => webhook.holderOf([{ resource: 'enforcements', actions }])),
  );
  const get = (query: string, as?: string) => webhook.send('GET', `/enforcements/${id}${query}`, undefined, as);
  const shown = async (query: string, as?: string) => (await webhook.dataOf<Enforcement>(get(query, as))).config;

  const masked = { token: { $attune_secret: true, redacted: true }, n: 1 };
  expect([await shown('', reader), await shown('?include_secret_values=false', reader)]).toEqual([masked, masked]);
  expect((await get('?include_secret_values=true', reader)).statusCode).toBe(403);
  expect(await shown('?include_secret_values=true', decrypter)).toEqual({ token: 'open-sesame', n: 1 });
});

test('an execution has the parameters of its enforcement, also where none', async () => {
  const { ref, webhook_key: key } = await webhook.hook();
  await webhook.rule(ref, { action_params: {} });
  await webhook.rule(ref, { action_params: { message: '{{ event.payload.a }}' } });

  const caused = await webhook.enforcements(await webhook.fire(key, { a: 1 }));

  const configs = caused.map(async ({ id }) => {
    const { config } = await webhook.dataOf<Enforcement>(webhook.send('GET', `/enforcements/${id}`));
    const list = await webhook.send('GET', `/enforcements/${id}/executions`);
    const [execution] = list.json<{ items: ExecutionSummary[] }>().items;
    return [config, (await webhook.dataOf<Execution>(webhook.send('GET', `/executions/${execution!.id}`))).config];
  });
  expect(await Promise.all(configs)).toEqual([
    [{ message: 1 }, { message: 1 }],
    [{}, {}],
  ]);
});

test('the executions of a missing enforcement are an empty page', async () => {
  const response = await webhook.send('GET', '/enforcements/999999/executions');

  expect([response.statusCode, response.json()]).toEqual([
    200,
    {
      items: [],
      pagination: { page: 1, page_size: 50, has_previous: false, total_items: 0, total_pages: 0, has_next: false },
    },
  ]);
});
