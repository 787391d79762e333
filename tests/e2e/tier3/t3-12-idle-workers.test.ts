// Spec: a worker whose platform was killed gets no more work, also where it ran nothing.
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { nameOfWorker, workerOf, workerToBe } from '../support/commands/lost-worker';
import { reservePair, RestartablePlatform } from '../support/commands/restartable-platform';
import { createScratchDatabase } from '../support/scratch-database';

const NEEDS = ['process', 'host.processes'];
/** A worker that sends nothing counts as silent after fifteen minutes. */
const LATE_HEARTBEATS = { PLATFORM_HEARTBEAT_SECONDS: '300' };

claim('T3.12h', NEEDS, 'a platform that starts after a kill gives work to its own workers', async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, LATE_HEARTBEATS);
  const former = workerOf(platform);

  await platform.end('SIGKILL');
  await platform.boot();

  const { client } = platform;
  const workers = (await client.workers.list()).map(({ name, status }) => [name, status]);
  expect(Object.fromEntries(workers)).toEqual({ [former]: 'inactive', [workerOf(platform)]: 'active' });
  const names = [former, workerOf(platform)].sort();
  for (const name of names) {
    const changed = (await client.workers.list()).find((worker) => worker.name === name);
    await client.workers.cordon(changed!.id);
    await client.workers.uncordon(changed!.id);
    expect((await client.workers.list()).map((worker) => worker.name)).toEqual(names);
  }
  await client.packs.create({ ref: 'own', label: 'own', version: '1.0.0' });
  const program = { ref: 'own.one', pack_ref: 'own', label: 'one', runtime_ref: 'core.shell', entrypoint: 'true' };
  await client.actions.create(program);
  for (let n = 0; n < 4; n++) {
    const { id } = await client.executions.execute({ action_ref: program.ref });
    const { worker } = await until(executionToBe('completed', client, id), ctx.deadline);
    expect(await nameOfWorker(platform, worker)).toBe(workerOf(platform));
    const types = (await client.executions.log(id)).map(({ type }) => type);
    expect(types).not.toContain('EXECUTION_RECOVERED');
  }
});

claim.concurrent('T3.12i', [...NEEDS, 'sql'], 'an idle worker of a killed platform gets no more work', async (ctx) => {
  await reservePair(ctx);
  const { url } = await createScratchDatabase(ctx);
  const settings = { ...LATE_HEARTBEATS, DATABASE_URL: url, PLATFORM_LEASE_SECONDS: '3' };
  const first = await RestartablePlatform.start(ctx, settings);
  const second = await first.startBeside();

  await first.end('SIGKILL');
  await until(workerToBe('inactive', second, workerOf(first)), ctx.deadline);

  const own = (await second.client.workers.list()).find(({ name }) => name === workerOf(second));
  expect(own?.status).toBe('active');
});
