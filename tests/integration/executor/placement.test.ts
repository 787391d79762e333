import { sql } from 'kysely';
import { WORKER_CHANNEL } from '../../../platform/store/database/notify';
import { completed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

/** Inserts a second worker by plain SQL, with its taints and labels in `capabilities`. */
async function insertWorker(name: string, capabilities: object): Promise<number> {
  const [worker] = await testPlatform.queryAsOwner<{ id: number }>(
    `insert into worker (name, status, runtimes, capabilities, last_heartbeat)
     values ($1, 'active', '{"shell": "5.2.0"}', $2, liveness_now()) returning id`,
    [name, JSON.stringify(capabilities)],
  );
  return worker!.id;
}

const placementFor = async (fields: { worker_affinity?: object; worker_tolerations?: unknown }) => {
  const { id } = await testPlatform.request('test.act');
  await testPlatform.db().inTenant(1, (transaction) =>
    sql`update execution set worker_affinity = ${JSON.stringify(fields.worker_affinity ?? null)}::json,
      worker_tolerations = ${JSON.stringify(fields.worker_tolerations ?? null)}::json where id = ${id}`.execute(
      transaction,
    ),
  );
  await testPlatform.dispatch();
  const { worker, status, result } = await testPlatform.get(id);
  return { worker, status, result };
};

test('the tasks of a workflow are placed in the transaction that creates them', async () => {
  const tasks = [
    { name: 'first', action: 'test.act', next: [{ do: ['second'] }] },
    { name: 'second', action: 'test.act' },
  ];
  const id = await testPlatform.requestAndDispatch(await testPlatform.createWorkflow('placed', { tasks }));
  const workerListener = await testPlatform.listen(WORKER_CHANNEL);

  await testPlatform.advance(id);

  expect(await testPlatform.children(id)).toMatchObject([{ status: 'scheduled', worker: testPlatform.worker() }]);
  expect(await workerListener.received()).toEqual([JSON.stringify({ worker: testPlatform.worker() })]);
  const [held] = await testPlatform.claim();
  await testPlatform.start(held!);
  await testPlatform.finish(held!, completed());
  await testPlatform.advance(id);
  expect(await testPlatform.children(id)).toMatchObject([{ status: 'completed' }, { status: 'scheduled' }]);
});

test('taints and labels of workers decide where an execution runs', async () => {
  const taints = [null, 'odd', { key: 'gpu', effect: 'no_schedule' }];
  const tainted = await insertWorker('tainted', { taints, labels: { zone: 'north' } });
  await insertWorker('odd', { taints: 'none', labels: ['x'] });
  const worker_affinity = { required: [{ match_labels: { zone: 'north' } }] };

  expect(await placementFor({ worker_affinity, worker_tolerations: [{ key: 'gpu' }] })).toMatchObject({
    worker: tainted,
  });
  expect(await placementFor({ worker_affinity })).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('taints that are tolerated') },
  });
  const avoiding = { anti_affinity: [{ match_expressions: [{ key: 'worker', operator: 'does_not_exist' }] }] };
  expect(await placementFor({ worker_affinity: avoiding })).toMatchObject({ worker: testPlatform.worker() });
});

test('an invalid affinity fails its execution and names the field', async () => {
  expect(await placementFor({ worker_affinity: { required: 'x' } })).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('worker_affinity/required') },
  });
});

test('the affinity of the action applies where the request has none', async () => {
  await testPlatform.db().inTenant(1, (transaction) =>
    transaction
      .updateTable('action')
      .set({ worker_affinity: JSON.stringify({ required: [{ match_labels: { worker: 'nowhere' } }] }) })
      .where('ref', '=', 'test.act')
      .execute(),
  );

  expect(await placementFor({})).toMatchObject({ status: 'failed' });
  expect(await placementFor({ worker_affinity: { required: [{ match_labels: { worker: 'manual' } }] } })).toMatchObject(
    {
      worker: testPlatform.worker(),
    },
  );
});
