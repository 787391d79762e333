// Spec: a managed worker of every runtime is provisioned, comes online, and runs its dispatches.
import { managedRuntimes } from '../../../../helpers/arms';
import { executionToBe, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { uploadArmPack } from '../../support/workers/arm-pack';
import { statesToBe } from '../../support/workers/external-agent';
import { createManagedWorker, startManagedWorker } from '../../support/workers/managed-worker';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { systemTestNeeding } from '../../support/system-test';
import { armNeed } from '../../../../helpers/target/arm-findings';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

interface WorkerRow {
  readonly state: string;
  readonly status: string;
  readonly runtime: string;
  readonly pid: number;
}

for (const runtime of managedRuntimes()) {
  const onArm = systemTestNeeding('workers.managed', armNeed(runtime));
  const withRows = systemTestNeeding('workers.managed', 'sql', armNeed(runtime));

  withRows(`S1-02 a worker of ${runtime} goes from create to online`, async (ctx) => {
    await using database = await openTargetDatabase(ctx.facts.databaseUrl);
    const { client, deadline } = ctx;
    const created = await createManagedWorker(ctx, { runtime });
    const changes = await until(statesToBe(['provisioning', 'online'], client, created.id), deadline);

    const { state, status, runtime: named, pid } = await client.workers.get(created.id);
    const [row] = await database.query<WorkerRow>(
      `select state, status, runtime, (meta->>'pid')::int as pid from worker where id = $1`,
      [created.id],
    );
    expect(created).toMatchObject({ kind: 'managed', state: 'provisioning', pid: null, delivery_mode: 'push' });
    expect(created).not.toHaveProperty('token');
    expect({ state, status, runtime: named, pid }).toEqual(row);
    expect(row).toMatchObject({ state: 'online', status: 'active', runtime });
    expect(changes.map(({ payload }) => payload)).toEqual([
      { from: null, to: 'provisioning', cause: 'create' },
      { from: 'provisioning', to: 'online', cause: 'heartbeat' },
    ]);
  });

  onArm(`S1-03 a worker of ${runtime} runs a dispatch with its own interpreter`, async (ctx) => {
    const { client, deadline } = ctx;
    const pack = await uploadArmPack(ctx);
    const id = await startManagedWorker(ctx, { runtime });
    const { supported_runtimes } = await client.workers.get(id);

    const action_ref = `${pack}.${runtime}`;
    const { execution_id, ...receipt } = await client.tenantWorkers.dispatch(id, { action_ref });

    const { worker } = await until(executionToBe('completed', client, execution_id), deadline);
    const version = (await outputOf(ctx, execution_id, 'stdout')).trim();
    expect(receipt).toEqual({ status: 'queued', delivery_mode: 'push', wake: false });
    expect(supported_runtimes).toEqual([{ name: runtime, versions: [version] }]);
    expect(worker).toBe(id);
  });

  onArm(`S1-04 the activity of a ${runtime} worker has what it ran alone`, async (ctx) => {
    const { client, deadline } = ctx;
    const pack = await uploadArmPack(ctx);
    const [id, idle] = await Promise.all([startManagedWorker(ctx, { runtime }), startManagedWorker(ctx, { runtime })]);

    const action_ref = `${pack}.${runtime}`;
    const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
    await until(executionToBe('completed', client, execution_id), deadline);

    const activityOf = async (worker: number) =>
      (await client.tenantWorkers.activity(worker))
        .filter(({ execution }) => execution === execution_id)
        .map((entry) => [entry.type, entry.worker]);
    // A page ends before the entries that another open transaction may precede.
    const hasEnded = async () => (await activityOf(id)).length >= 2;
    await until(predicateToHold('the end of the dispatch in the activity', hasEnded), deadline);
    expect(await activityOf(id)).toEqual([
      ['AGENT_INVOKED', id],
      ['AGENT_RESPONSE', id],
    ]);
    expect(await activityOf(idle)).toEqual([]);
  });
}
