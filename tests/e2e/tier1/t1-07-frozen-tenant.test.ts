// Spec: a frozen tenant starts nothing and accepts no caller, and its removal ends what it runs.
import { logIn } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createWorkflow, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { createLedgerActions, entriesOf, inputOf, openGate, programsTo } from '../support/ledger-actions';

const NEEDS = ['tenants', 'ledger.shared'];

/** A tenant with a workflow whose first program runs until its gate is opened. */
async function createBusyTenant(ctx: Context) {
  const tenant = await createTestTenant(ctx, 'a');
  const { client } = tenant;
  const pack = await createLedgerActions(ctx, client);
  const { ref: action_ref } = await createWorkflow(client, pack, [
    { name: 'first', action: `${pack}.hold`, input: inputOf(ctx, 'first'), next: [onSuccess('second')] },
    { name: 'second', action: `${pack}.append`, input: inputOf(ctx, 'second') },
  ]);
  const { ref } = await client.triggers.create({ ref: `${pack}.hook`, pack_ref: pack, label: 'hook' });
  const { webhook_key: key } = await client.triggers.enableWebhook(ref);
  const { id } = await client.executions.execute({ action_ref });
  await programsTo(ctx, 'first', 'start', 1);
  return { ...tenant, id, key: key! };
}

claim('T1.7g', NEEDS, 'a frozen tenant starts nothing, and goes on once it is unfrozen', async (ctx) => {
  const { client, slug, login, password, id, key } = await createBusyTenant(ctx);
  const { tenants, webhooks } = ctx.client;

  await tenants.update(slug, { frozen: true });
  openGate(ctx, 'first');
  const calls = [client.executions.get(id), logIn({ baseUrl: ctx.facts.url }, login, password), webhooks.post(key, {})];
  const rejected = await Promise.all(calls.map((call) => rejectionStatus(call)));
  const ended = predicateToHold('the first program to end', () => entriesOf(ctx, 'first', 'end').length === 1);
  await stays(() => entriesOf(ctx, 'second', 'start'), [], ended, ctx.quietMs, ctx.deadline);
  await tenants.update(slug, { frozen: false });
  await until(executionToBe('completed', client, id), ctx.deadline);

  expect(rejected).toEqual([403, 403, 404]);
  expect(entriesOf(ctx, 'second', 'start')).toHaveLength(1);
  expect(await client.events.list({})).toEqual([]);
});

claim('T1.7h', NEEDS, 'a tenant is removed once it is frozen, and its programs end before', async (ctx) => {
  const { slug } = await createBusyTenant(ctx);
  const { tenants } = ctx.client;

  const details = { reason: 'TENANT_NOT_FROZEN' };
  await expect(tenants.remove(slug)).rejects.toMatchObject({ status: 409, body: { details } });
  await tenants.update(slug, { frozen: true });
  await tenants.remove(slug);
  openGate(ctx, 'first'); // which a program that runs finds within 100 ms

  const gone = predicateToHold('the tenant to be gone', async () => (await rejectionStatus(tenants.get(slug))) === 404);
  await stays(() => entriesOf(ctx, 'first', 'end'), [], gone, ctx.quietMs, ctx.deadline);
});
