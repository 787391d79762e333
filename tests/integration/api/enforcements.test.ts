import type { Enforcement } from '../../../contract/events';
import { withHook } from './hook-stage';

const hook = withHook();

test('what a rule gave in secret is shown to who may decrypt enforcements, and to nobody else', async () => {
  const param_schema = { token: { type: 'string', secret: true }, n: { type: 'integer' } };
  const action = { ref: 'demo.take', pack_ref: 'demo', label: 'take', entrypoint: 'true', runtime_ref: 'core.shell' };
  await hook.dataOf(hook.send('POST', '/actions', { ...action, param_schema }));
  const { ref, webhook_key: key } = await hook.hook();
  await hook.rule(ref, { action_ref: 'demo.take', action_params: { token: 'open-sesame', n: 1 } });
  const { id } = (await hook.enforcements(await hook.fire(key, {})))[0]!;
  const [reader, decrypter] = await Promise.all(
    [['read'], ['read', 'decrypt']].map((actions) => hook.holderOf([{ resource: 'enforcements', actions }])),
  );
  const get = (query: string, as?: string) => hook.send('GET', `/enforcements/${id}${query}`, undefined, as);
  const shown = async (query: string, as?: string) => (await hook.dataOf<Enforcement>(get(query, as))).config;

  const masked = { token: { $attune_secret: true, redacted: true }, n: 1 };
  expect([await shown('', reader), await shown('?include_secret_values=false', reader)]).toEqual([masked, masked]);
  expect((await get('?include_secret_values=true', reader)).statusCode).toBe(403);
  expect(await shown('?include_secret_values=true', decrypter)).toEqual({ token: 'open-sesame', n: 1 });
});

test('the executions of an enforcement that there is not are an empty page', async () => {
  const answer = await hook.send('GET', '/enforcements/999999/executions');

  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    {
      items: [],
      pagination: { page: 1, page_size: 50, has_previous: false, total_items: 0, total_pages: 0, has_next: false },
    },
  ]);
});
