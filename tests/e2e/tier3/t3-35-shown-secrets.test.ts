// Spec: secret parameters of an execution, and of its enforcement, take a right of their own.
import type { Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { callApi } from '../support/api-call';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { loggedInByToken } from '../support/matrix/granted-callers';

/** The paths of an enforcement whose rule has a secret parameter, and of its execution. */
async function createSecretRows(ctx: Context, client: Client, token: string) {
  const { ref: pack_ref } = await client.packs.create({ ref: ctx.name('p'), label: 'p', version: '1.0.0' });
  const of = (name: string) => ({ pack_ref, ref: `${pack_ref}.${name}`, label: name });
  const param_schema = { token: { type: 'string', secret: true } };
  const program = { runtime_ref: 'core.shell', entrypoint: 'true', param_schema };
  const { ref: action_ref } = await client.actions.create({ ...of('action'), ...program });
  const { ref: trigger_ref } = await client.triggers.create(of('trigger'));
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  const rule = await client.rules.create({ ...of('rule'), action_ref, trigger_ref, action_params: { token } });
  await client.webhooks.post(key!, {});
  const filter = { rule_ref: rule.ref };
  await until(enforcementsToBe(1, client, filter), ctx.deadline);
  const [[enforcement], [execution]] = [await client.enforcements.list(filter), await client.executions.list(filter)];
  return { enforcements: `/enforcements/${enforcement!.id}`, executions: `/executions/${execution!.id}` };
}

const QUERIES = ['', '?include_secret_values=false', '?include_secret_values=true'];

claim('T3.35d', ['rbac', 'tenants'], 'a secret parameter is shown by a right of its own', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const rows = await createSecretRows(ctx, client, ctx.nonce);
  const set = await createChangeableSet(client, `${ctx.facts.directory}/fixtures`);
  const user = await loggedInByToken(client, ctx.facts.url, set.ref);
  const read = async (path: string) => {
    const { status, text } = await callApi(user.token, 'GET', path);
    return status === 200 ? text.includes(ctx.nonce) : status;
  };
  const seen: object[] = [];

  for (const [resource, path] of Object.entries(rows)) {
    for (const actions of [['read'], ['decrypt'], ['read', 'decrypt']]) {
      await set.grant([{ resource, actions }]);
      const shown = [];
      for (const query of QUERIES) shown.push(await read(`${path}${query}`));
      seen.push({ resource, actions, shown });
    }
  }

  const expected = (resource: string) => [
    { resource, actions: ['read'], shown: [false, false, 403] },
    { resource, actions: ['decrypt'], shown: [403, 403, 403] },
    { resource, actions: ['read', 'decrypt'], shown: [false, false, true] },
  ];
  expect(seen).toEqual([...expected('enforcements'), ...expected('executions')]);
});
