// Spec: an execution states which environment, worker, engine or next platform it waits for.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { parseInstant, writtenInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { signalProcess } from '../../../helpers/scenario/processes';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { reason, rowOf, waitForReasons } from '../../../helpers/scenario/resources/waiting-reasons';
import { createWorkflow } from '../../../helpers/scenario/resources/workflow-task';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { createLedgerActions, inputOf, openGate, programsTo } from '../support/ledger-actions';

const NEEDS = ['executions.waiting', 'process', 'host.processes'];
const WITHOUT_EXECUTOR = ['--roles', 'api,worker,notifier'];

const start = (ctx: Context, settings = {}): Promise<RestartablePlatform> =>
  RestartablePlatform.start(ctx, {
    PLATFORM_WORKERS: '1',
    PLATFORM_ACTION_PATHS: ctx.facts.directory,
    ...settings,
  });

/** An npm registry that receives requests and never answers. Returns its address. */
async function startSilentRegistry(ctx: Context): Promise<string> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ctx.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a program that runs until its gate opens. Returns its execution. */
async function startHolder(ctx: Context, platform: RestartablePlatform, pack: string) {
  const holder = await platform.client.executions.execute({
    action_ref: `${pack}.hold`,
    parameters: inputOf(ctx, 'holder'),
  });
  await programsTo(ctx, 'holder', 'start', 1);
  return platform.client.executions.get(holder.id);
}

claim('T3.37n', NEEDS, 'an execution states which environment is built for it', async (ctx) => {
  const platform = await start(ctx, { PLATFORM_NPM_REGISTRY: await startSilentRegistry(ctx) });
  const { client } = platform;
  const { ref } = await uploadFixture(client, 'e2e-node', ctx.name('node'), ctx.facts.directory);
  const { id } = await client.executions.execute({ action_ref: `${ref}.node-echo`, parameters: {} });

  const reasons = await waitForReasons({ client, deadline: ctx.deadline }, id, 'environment');

  const phrase = `the nodejs environment of pack ${ref}, which is installing`;
  expect(reasons).toEqual([
    reason('environment', id, phrase, {
      since: expect.any(String) as string,
      due_at: null,
      source: rowOf('environments', expect.any(Number) as number),
      pack_ref: ref,
      runtime: 'nodejs',
      status: 'installing',
    }),
  ]);
});

claim('T3.37o', NEEDS, 'an execution states which worker has not taken or stopped it', async (ctx) => {
  const platform = await start(ctx, { PLATFORM_WORKER_SLOTS: '2', PLATFORM_LEASE_SECONDS: '60' });
  const { client } = platform;
  const pack = await createLedgerActions(ctx, client);
  const holder = await startHolder(ctx, platform, pack);
  const pid = platform.workerPidOf(holder.id);
  signalProcess(pid, 'SIGSTOP');
  const parameters = inputOf(ctx, 'waiting');
  const { id } = await client.executions.execute({ action_ref: `${pack}.append`, parameters });

  const { reasons } = await client.executions.waiting(id);
  await client.executions.cancel(holder.id);
  const { status, reasons: ofHolder } = await client.executions.waiting(holder.id);

  const { worker, updated } = await client.executions.get(id);
  const { name } = await client.workers.get(holder.worker!);
  expect([worker, status]).toEqual([holder.worker, 'canceling']);
  const ends = writtenInstant(parseInstant(holder.started_at!) + 300_000);
  const stop = `the stop of its process on worker ${name}, which the limit of the system, 300 s, ends at ${ends}`;
  expect(ofHolder).toEqual([
    reason('process', holder.id, stop, {
      since: holder.started_at!,
      due_at: ends,
      source: rowOf('executions', holder.id),
      worker: worker!,
      name,
      limit_seconds: 300,
      limit_level: 'system',
      stopping: true,
    }),
  ]);
  expect(reasons).toEqual([
    reason('lease', id, `worker ${name} to take it`, {
      since: updated,
      due_at: null,
      source: rowOf('workers', worker!),
      worker: worker!,
      name,
      state: 'none',
    }),
  ]);
  signalProcess(pid, 'SIGCONT');
  openGate(ctx, 'holder');
  await until(executionToBe('completed', client, id), ctx.deadline);
});

claim('T3.37p', NEEDS, 'a suspended execution states why a next platform starts it', async (ctx) => {
  const platform = await start(ctx, { PLATFORM_SHUTDOWN_GRACE_SECONDS: '0', PLATFORM_KILL_GRACE_SECONDS: '1' });
  const pack = await createLedgerActions(ctx, platform.client);
  const { id } = await startHolder(ctx, platform, pack);
  await platform.terminate();
  await platform.boot({}, WITHOUT_EXECUTOR);
  const { client } = platform;

  const { status, reasons } = await client.executions.waiting(id);

  const { updated } = await client.executions.get(id);
  expect(status).toBe('suspended');
  expect(reasons).toEqual([
    reason('recovery', id, 'the platform to start it again, after shutdown_requested', {
      since: updated,
      due_at: null,
      source: rowOf('executions', id),
      cause: 'shutdown_requested',
    }),
  ]);
});

claim('T3.37q', [...NEEDS, 'inquiries.ask'], 'a workflow states which ends its engine is to process', async (ctx) => {
  const platform = await start(ctx);
  const pack = await createLedgerActions(ctx, platform.client);
  const { ref } = await createWorkflow(platform.client, pack, [inquiryTask({})]);
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await waitForReasons({ client: platform.client, deadline: ctx.deadline }, id, 'child', 'inquiry');
  await platform.terminate();
  await platform.boot({}, WITHOUT_EXECUTOR);
  const { client } = platform;
  const [gate] = await client.executions.children(id);
  const [inquiry] = await client.inquiries.list({ execution: gate!.id });
  await client.inquiries.respond(inquiry!.id, {});

  const { reasons } = await client.executions.waiting(id);

  const { finished_at } = await client.executions.get(gate!.id);
  const { updated } = await client.inquiries.get(inquiry!.id);
  const response = `its engine to process the end of inquiry ${inquiry!.id}, which was answered at ${updated}`;
  expect(reasons).toEqual([
    reason('inquiry', id, response, {
      since: updated,
      due_at: null,
      source: rowOf('inquiries', inquiry!.id),
      inquiry: inquiry!.id,
      status: 'responded',
      assigned_to: null,
    }),
    reason('advance', id, `its engine to process the end of execution ${gate!.id}`, {
      since: finished_at!,
      due_at: null,
      source: rowOf('executions', id),
      ended: [gate!.id],
      coordinator: null,
    }),
  ]);
});
