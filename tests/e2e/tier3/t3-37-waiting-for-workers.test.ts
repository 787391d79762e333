// Spec: an execution without a slot or a worker states which worker it waits for, and who has it.
import type { Client } from '../../../helpers/client/client';
import { logIn } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTenant } from '../../../helpers/scenario/resources/new-tenant';
import { childReason, reason, rowOf, waitForReasons } from '../../../helpers/scenario/resources/waiting-reasons';
import { createWorkflow } from '../../../helpers/scenario/resources/workflow-task';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { createLedgerActions, inputOf, openGate, programsTo } from '../support/ledger-actions';

const NEEDS = ['executions.waiting', 'process', 'host.processes'];

/** A platform of one worker, which runs one program at a time. */
const startWithOneSlot = (ctx: Context): Promise<RestartablePlatform> =>
  RestartablePlatform.start(ctx, {
    PLATFORM_WORKERS: '1',
    PLATFORM_WORKER_SLOTS: '1',
    PLATFORM_ACTION_PATHS: ctx.facts.directory,
  });

/** Starts a program that keeps the slot until its gate opens. Returns its execution. */
async function holdSlot(ctx: Context, client: Client, pack: string): Promise<number> {
  const parameters = inputOf(ctx, 'holder');
  const { id } = await client.executions.execute({ action_ref: `${pack}.hold`, parameters });
  await programsTo(ctx, 'holder', 'start', 1);
  return id;
}

/** Those of these executions whose programs have started, in this order. */
const startsOf = (ctx: Context, ids: readonly number[]): number[] =>
  ctx.ledger.entries(undefined, 'start').flatMap(({ execution }) => (ids.includes(execution) ? [execution] : []));

/** The reason of an execution that waits for the only slot of its worker. */
async function slotReason(client: Client, id: number, by: string, holders: number[], others: number) {
  const { worker, updated } = await client.executions.get(id);
  const { name } = await client.workers.get(worker!);
  return reason('slot', id, `a free slot of worker ${name}: 1 of 1 slots are used, by ${by}`, {
    since: updated,
    due_at: null,
    source: rowOf('workers', worker!),
    worker: worker!,
    name,
    slots: 1,
    used: 1,
    holders,
    others,
  });
}

claim('T3.37f', NEEDS, 'a task without a slot states who holds the slots', async (ctx) => {
  const { client } = await startWithOneSlot(ctx);
  const pack = await createLedgerActions(ctx, client);
  const holder = await holdSlot(ctx, client, pack);
  const task = { name: 'b', action: `${pack}.append`, input: inputOf(ctx, 'b') };
  const { ref } = await createWorkflow(client, pack, [task]);
  const { id } = await client.executions.execute({ action_ref: ref });

  const reasons = await waitForReasons({ client, deadline: ctx.deadline }, id, 'child', 'slot');

  const [b] = await client.executions.children(id);
  const slot = await slotReason(client, b!.id, `execution ${holder}`, [holder], 0);
  expect(reasons).toEqual([childReason(id, 'b', b!), slot]);
  openGate(ctx, 'holder');
  await until(executionToBe('completed', client, id), ctx.deadline);
});

claim('T3.37g', [...NEEDS, 'tenants'], 'a slot that another tenant holds is a count, without its ids', async (ctx) => {
  const { client: admin, url } = await startWithOneSlot(ctx);
  await holdSlot(ctx, admin, await createLedgerActions(ctx, admin));
  const { login, password } = await createTenant(admin, ctx.name('other'));
  const { client } = await logIn({ baseUrl: url }, login, password);
  const pack = await createLedgerActions(ctx, client);
  const parameters = inputOf(ctx, 'waiting');
  const { id } = await client.executions.execute({ action_ref: `${pack}.append`, parameters });

  const reasons = await waitForReasons({ client, deadline: ctx.deadline }, id, 'slot');

  expect(reasons).toEqual([await slotReason(client, id, '1 other', [], 1)]);
});

claim('T3.37s', [...NEEDS, 'tenants'], 'an execution states that other tenants have their share first', async (ctx) => {
  const { client: admin, url } = await startWithOneSlot(ctx);
  const pack = await createLedgerActions(ctx, admin);
  const holder = await holdSlot(ctx, admin, pack);
  const append = async (client: Client, of: string, label: string) =>
    client.executions.execute({ action_ref: `${of}.append`, parameters: inputOf(ctx, label) });
  const { login, password, slug } = await createTenant(admin, ctx.name('other'));
  await admin.tenants.update(slug, { slot_weight: 2 });
  const { client: other } = await logIn({ baseUrl: url }, login, password);
  const { id: earlier } = await append(admin, pack, 'earlier');
  const { id: later } = await append(other, await createLedgerActions(ctx, other), 'later');
  await until(executionToBe('scheduled', admin, earlier), ctx.deadline);
  await until(executionToBe('scheduled', other, later), ctx.deadline);

  const { reasons } = await admin.executions.waiting(earlier);
  const { reasons: ofLater } = await other.executions.waiting(later);

  const slot = await slotReason(admin, earlier, `execution ${holder}`, [holder], 0);
  const { since, source, worker, name } = slot;
  const share =
    'the share of its tenant, which uses 1 of 1 slots by its weight of 1: ' +
    'at least 1 execution of another tenant comes first';
  const row = { since, due_at: null, source, worker, name };
  expect(reasons).toEqual([slot, reason('tenant_share', earlier, share, { ...row, held: 1, weight: 1, before: 1 })]);
  expect(ofLater).toEqual([await slotReason(other, later, '1 other', [], 1)]);
  openGate(ctx, 'holder');
  await until(executionToBe('completed', admin, earlier), ctx.deadline);
  expect(startsOf(ctx, [earlier, later])).toEqual([later, earlier]);
});

claim('T3.37h', NEEDS, 'an execution states why each worker that fits gets no work', async (ctx) => {
  const { client } = await startWithOneSlot(ctx);
  const pack = await createLedgerActions(ctx, client);
  const [worker] = await client.workers.list({ role: 'action' });
  await client.workers.cordon(worker!.id, 'maintenance');
  const parameters = inputOf(ctx, 'waiting');
  const { id, created } = await client.executions.execute({ action_ref: `${pack}.append`, parameters });

  const { status, reasons } = await client.executions.waiting(id);

  const { name } = worker!;
  expect(status).toBe('requested');
  expect(reasons).toEqual([
    reason('worker', id, `a worker that accepts work: ${name} is cordoned`, {
      since: created,
      due_at: null,
      source: rowOf('executions', id),
      workers: 1,
      missing: [],
      unavailable: [{ worker: worker!.id, name, cause: 'cordoned' }],
    }),
  ]);
});

claim('T3.37m', NEEDS, 'without an executor an execution states what no worker has', async (ctx) => {
  const { client } = await RestartablePlatform.start(ctx, { PLATFORM_WORKERS: '1' }, [
    '--roles',
    'api,worker,notifier',
  ]);
  const pack = await createLedgerActions(ctx, client);
  const start = async (more: object) =>
    client.executions.execute({ action_ref: `${pack}.append`, parameters: inputOf(ctx, 'waiting'), ...more });
  const [any, selective] = [await start({}), await start({ worker_selector: { gpu: 'yes' } })];
  const base = ({ id, created }: typeof any) => ({ since: created, due_at: null, source: rowOf('executions', id) });

  const { reasons } = await client.executions.waiting(any.id);
  const { reasons: missing } = await client.executions.waiting(selective.id);

  expect(reasons).toEqual([reason('dispatch', any.id, 'an executor to dispatch it', base(any))]);
  const label = 'a worker with label gpu=yes: none of 1 has it';
  const details = { workers: 1, missing: ['label gpu=yes'], unavailable: [] };
  expect(missing).toEqual([reason('worker', selective.id, label, { ...base(selective), ...details })]);
});
