// Spec: the counts of a tenant are those of what it has, and the dashboard has all of them.
import type { Client } from '../../../../helpers/client/client';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { runActionTo, waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';

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

claim(
  'T3.32h',
  ['tenants', 'executions.history'],
  'the counts by the hour are those of the executions',
  async (ctx) => {
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
  },
);
