// Spec: the counts of a tenant are those of what it has, and the dashboard has all of them.
import type { Client } from '../../../../helpers/client/client';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runActionTo, waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { createWorkflow, type Task } from '../../../../helpers/scenario/resources/workflow-task';

const HISTORY = ['tenants', 'executions.history'];

/** Two executions that complete, one that fails, and one that is cancelled, which is returned. */
async function endExecutions(ctx: Context, { client }: { readonly client: Client }): Promise<number> {
  const own = { ...ctx, client };
  const pack = ctx.name('counted');
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  const script = (text: string) => createScriptAction(own, pack, text);
  const [done, failing, waiting] = [await script('true'), await script('exit 3'), await script('sleep 60')];
  for (const action of [done, done]) await runActionTo('completed', own, action);
  await runActionTo('failed', own, failing);
  const { id } = await client.executions.execute({ action_ref: waiting });
  await client.executions.cancel(id);
  await waitForStatus(own, id, 'cancelled');
  return id;
}

/** The sums of the hours, by label. */
function sums({ data }: Awaited<ReturnType<Client['analytics']['executionStatus']>>): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { label, value } of data) totals[label ?? 'all'] = (totals[label ?? 'all'] ?? 0) + value;
  return totals;
}

/** How often the changes led to each status. */
function statusesIn(changes: Awaited<ReturnType<Client['history']['list']>>): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { new_values: to } of changes)
    if (typeof to?.status === 'string') totals[to.status] = (totals[to.status] ?? 0) + 1;
  return totals;
}

claim('T3.32h', HISTORY, 'the counts by the hour are those of the executions', async (ctx) => {
  const tenant = await createTestTenant(ctx, 'counted');
  const cancelled = await endExecutions(ctx, tenant);
  const { analytics, history, executions } = tenant.client;

  const [throughput, statuses] = [await analytics.executionThroughput(), await analytics.executionStatus()];
  const rate = await analytics.failureRate();
  const { since, until, data } = throughput;
  const dashboard = await analytics.dashboard({ since, until });

  const ofCancelled = (await history.ofExecution(cancelled)).flatMap(({ new_values: to }) => to?.status ?? []);
  const seen = sums(statuses);
  expect(sums(throughput)).toEqual({ all: (await executions.list({})).length });
  expect([seen.requested, seen.completed, seen.failed, seen.cancelled]).toEqual([4, 2, 1, 1]);
  expect(seen.canceling ?? 0).toBe(ofCancelled.filter((status) => status === 'canceling').length);
  const counts = { total_terminal: 4, completed_count: 2, failed_count: 1, timeout_count: 0, failure_rate_pct: 25 };
  expect(rate).toMatchObject(counts);
  expect(dashboard).toMatchObject({ since, until, execution_throughput: data, failure_rate: counts });
  const ofWorkers = await history.list('worker', { since, until }); // of the platform, which run for this tenant
  expect(ofWorkers.length).toBeGreaterThan(0);
  expect(sums({ since, until, data: dashboard.worker_status })).toEqual(statusesIn(ofWorkers));
});

/** The statuses of the executions of `startInEachStatus`, sorted. */
const IN_EACH_STATUS = [
  ...['canceling', 'cancelled', 'cancelled', 'completed', 'failed', 'failed', 'paused', 'requested'],
  ...['running', 'running', 'running', 'running', 'timeout'],
];

/** Starts executions that stay in the statuses above, and waits until they have them. */
async function startInEachStatus({ name, deadline }: Context, client: Client): Promise<void> {
  const { executions } = client;
  const pack = name('statuses');
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  const start = async (label: string, task: Task): Promise<number> => {
    const { ref } = await createWorkflow(client, pack, [task], { name: label });
    return (await executions.execute({ action_ref: ref })).id;
  };
  const toBe = async (...expected: string[]) => {
    const statuses = async () => (await executions.list({})).map(({ status }) => status).sort();
    const areAll = async () => (await statuses()).join() === expected.sort().join();
    await until(predicateToHold(`the statuses to be ${expected.join()}`, areAll), deadline);
  };
  const gate = inquiryTask({});
  const [stopped, paused, cancelled] = [
    await start('stopped', { name: 'sleep', action: 'core.sleep', input: { seconds: 60 } }),
    await start('paused', gate),
    await start('cancelled', gate),
  ];
  await toBe(...Array<string>(6).fill('running'));
  await executions.cancel(stopped); // which waits for its task
  await executions.pause(paused);
  await executions.cancel(cancelled);
  await start('list', { ...gate, with_items: [0, 1], concurrency: 1 });
  await start('expired', { ...gate, timeout: 0.05 });
  await executions.execute({ action_ref: 'core.noop' });
  await executions.execute({ action_ref: 'core.noop', parameters: { exit_code: 3 } });
  await toBe(...IN_EACH_STATUS);
}

const STATUSES = ['tenants', 'inquiries.ask', 'inquiries.expiry', 'executions.cancel', 'executions.pause'];
const WITH_ITEMS = [...STATUSES, 'workflows.with_items'];

claim('T3.32i', WITH_ITEMS, 'each execution of a tenant is counted by its status', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'statuses');
  await startInEachStatus(ctx, client);

  const stats = await client.executions.stats();

  const [open, ended] = [
    { pending: 1, running: 5 },
    { completed: 1, failed: 2, cancelled: 3, timeout: 1, abandoned: 0 },
  ];
  expect(stats).toEqual({ total: IN_EACH_STATUS.length, ...open, ...ended });
});
