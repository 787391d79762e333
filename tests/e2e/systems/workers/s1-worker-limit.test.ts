// Spec: a tenant has at most as many managed workers as the platform allows.
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.managed', 'host.processes');

const LIMIT_SECONDS = 60;

test('S1-46 a tenant has so many managed workers at most, without removed ones', LIMIT_SECONDS, async (ctx) => {
  const { client } = await RestartablePlatform.start(ctx, { PLATFORM_TENANT_WORKERS: '2' });
  const { create, remove } = client.tenantWorkers;
  const createManaged = () => create({ kind: 'managed', runtime: 'shell' });
  await create({ kind: 'external' });

  const answers = await Promise.allSettled([createManaged(), createManaged(), createManaged()]);

  const created = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  expect(refused).toEqual([
    expect.objectContaining({
      status: 429,
      code: 'TOO_MANY_REQUESTS',
      body: expect.objectContaining({
        details: { reason: 'TENANT_LIMIT', limit: 'managed workers', current: 2, maximum: 2 },
      }) as object,
    }),
  ]);
  const stored = (await client.workers.list()).filter(({ runtime }) => runtime === 'shell');
  expect(stored.map(({ id }) => id).sort()).toEqual(created.sort());
  await remove(created[0]!);
  expect((await createManaged()).state).toBe('provisioning');
});
