// Spec: a frozen tenant starts nothing and accepts no caller, and its removal ends what it runs.
import { logIn } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createWorkflow, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { createLedgerActions, entriesOf, inputOf, openGate, programsTo } from '../support/ledger-actions';
import { addItems, createQueue } from '../support/work-queues/queue';

const NEEDS = ['tenants', 'ledger.shared'];
const WITH_TIMERS = [...NEEDS, 'timers.interval'];

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
  return { ...tenant, id, key: key!, pack, hook: ref };
}

/** Of the interval timer. */
const PERIOD_SECONDS = 0.2;

/**
 * Adds a timer that fires each PERIOD_SECONDS, and a queue with two items, of which the first
 * runs until its gate is opened. Returns what they have created, with the instants.
 */
async function addTimerAndQueue(ctx: Context, { client, pack }: Awaited<ReturnType<typeof createBusyTenant>>) {
  const { ref: rule_ref } = await client.rules.create({
    ref: `${pack}.timer`,
    pack_ref: pack,
    label: 'timer',
    action_ref: 'core.noop',
    trigger_ref: 'core.intervaltimer',
    trigger_params: { unit: 'seconds', interval: PERIOD_SECONDS },
  });
  const own = { ...ctx, client };
  const action_ref = `${pack}.hold`;
  const queue = await createQueue(own, action_ref, { enabled: true, action_params: inputOf(ctx, 'queued') });
  await addItems(own, queue, [{ payload: 1 }, { payload: 2 }]);
  await programsTo(ctx, 'queued', 'start', 1);
  return async () => [...(await client.events.list({ rule_ref })), ...(await client.executions.list({ action_ref }))];
}

/** The present of the platform, epoch ms. */
const presentOf = async ({ client }: Context): Promise<number> =>
  parseInstant((await client.executions.execute({ action_ref: 'core.noop' })).created);

claim('T1.7g', WITH_TIMERS, 'a frozen tenant starts nothing, and goes on once it is unfrozen', async (ctx) => {
  const tenant = await createBusyTenant(ctx);
  const { client, slug, login, password, id, key, hook } = tenant;
  const created = await addTimerAndQueue(ctx, tenant);
  const { tenants, webhooks } = ctx.client;

  await tenants.update(slug, { frozen: true });
  const from = await presentOf(ctx);
  for (const label of ['first', 'queued']) openGate(ctx, label);
  const calls = [client.executions.get(id), logIn({ baseUrl: ctx.facts.url }, login, password), webhooks.post(key, {})];
  const rejected = await Promise.all(calls.map((call) => rejectionStatus(call)));
  const ends = () => ['first', 'queued'].map((label) => entriesOf(ctx, label, 'end').length);
  const ended = predicateToHold('the first programs to end', () => ends().join() === '1,1');
  const quietMs = Math.max(ctx.quietMs, 2 * PERIOD_SECONDS * 1_000); // in which the timer would fire
  await stays(() => entriesOf(ctx, 'second', 'start'), [], ended, quietMs, ctx.deadline);
  const to = await presentOf(ctx);
  await tenants.update(slug, { frozen: false });
  await until(executionToBe('completed', client, id), ctx.deadline);
  await programsTo(ctx, 'queued', 'end', 2);

  expect(rejected).toEqual([403, 403, 404]);
  expect(entriesOf(ctx, 'second', 'start')).toHaveLength(1);
  expect(await client.events.list({ trigger_ref: hook })).toEqual([]);
  const instants = (await created()).map((row) => parseInstant(row.created));
  expect(instants.filter((at) => at > from && at < to)).toEqual([]);
  expect(instants.filter((at) => at >= to).length).toBeGreaterThan(0);
});

claim('T1.7h', NEEDS, 'a tenant is removed once it is frozen, and its programs end before', async (ctx) => {
  const { slug, client, pack } = await createBusyTenant(ctx);
  const { tenants } = ctx.client;
  const printing = await createScriptAction({ ...ctx, client }, pack, 'echo printed');
  const { id: printed } = await client.executions.execute({ action_ref: printing });
  await until(executionToBe('completed', client, printed), ctx.deadline);

  const details = { reason: 'TENANT_NOT_FROZEN' };
  await expect(tenants.remove(slug)).rejects.toMatchObject({ status: 409, body: { details } });
  await tenants.update(slug, { frozen: true });
  const { files } = await tenants.remove(slug);
  openGate(ctx, 'first'); // which a program that runs finds within 100 ms

  const gone = predicateToHold('the tenant to be gone', async () => (await rejectionStatus(tenants.get(slug))) === 404);
  await stays(() => entriesOf(ctx, 'first', 'end'), [], gone, ctx.quietMs, ctx.deadline);
  expect(files).toMatchObject({ logs: expect.any(Number) });
});
