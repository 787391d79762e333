import { DISPATCH_CHANNEL, notifyWorkflow, notifyDispatch } from '../../../platform/store/database/notify';
import { TENANT, completed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const TWO_STEPS = {
  version: '1.0.0',
  tasks: [
    { name: 'a', action: 'test.act', next: [{ when: '{{ succeeded() }}', do: ['b'] }] },
    { name: 'b', action: 'test.act' },
  ],
};

/** Runs everything that is assigned. Returns the ids. */
const runAssigned = async (): Promise<number[]> => {
  const attempts = await testPlatform.claim();
  for (const attempt of attempts) {
    expect(await testPlatform.start(attempt)).toBe(true);
    expect(await testPlatform.finish(attempt, completed())).toBe(true);
  }
  return attempts.map(({ execution }) => execution);
};

const oneTask = async (workflow: number): Promise<void> => {
  await testPlatform.dispatch();
  expect(await runAssigned()).toHaveLength(1);
  await testPlatform.advance(workflow);
};

test('DU-09 concurrent dispatches assign each execution once', async () => {
  const requested = [await testPlatform.request('test.act'), await testPlatform.request('test.act')].map(
    ({ id }) => id,
  );

  await Promise.all([testPlatform.dispatch(), testPlatform.dispatch(), testPlatform.dispatch()]);

  expect((await runAssigned()).sort()).toEqual(requested);
  expect(await runAssigned()).toEqual([]);
});

test('DU-09 concurrent advances of a workflow start each child once', async () => {
  const ref = await testPlatform.createWorkflow('twice', TWO_STEPS);
  const id = await testPlatform.requestAndDispatch(ref);
  await Promise.all([testPlatform.advance(id), testPlatform.advance(id)]);
  await testPlatform.dispatch();
  await runAssigned();

  await Promise.all([testPlatform.advance(id), testPlatform.advance(id), testPlatform.advance(id)]);
  await testPlatform.advance(id);

  expect((await testPlatform.children(id)).map(({ task_name }) => task_name)).toEqual(['a', 'b']);
  await oneTask(id);
  expect((await testPlatform.get(id)).status).toBe('completed');
});

test('a two-step run writes ten log entries in order', async () => {
  const id = await testPlatform.startWorkflow('ten', TWO_STEPS);
  await oneTask(id);
  await oneTask(id);

  const step = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];
  expect((await testPlatform.get(id)).status).toBe('completed');
  expect(await testPlatform.log(id)).toEqual(['EXECUTION_STARTED', ...step, ...step, 'EXECUTION_COMPLETED']);
});

test('a transaction that rolls back sends no notification', async () => {
  const listener = await testPlatform.listen(DISPATCH_CHANNEL);

  await expect(
    testPlatform.db().inTenant(TENANT, async (transaction) => {
      await notifyDispatch(transaction, 7);
      await notifyWorkflow(transaction, TENANT, 7);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await testPlatform.db().inTenant(TENANT, (transaction) => notifyDispatch(transaction, 8));

  expect(await listener.received()).toEqual(['{"tenant":8}']);
});

test('concurrent requests do not wait for each other', async () => {
  const { id } = await testPlatform.db().inTenant(TENANT, async (transaction) => {
    await notifyDispatch(transaction, TENANT);
    return testPlatform.request('test.act');
  });

  await testPlatform.dispatch();

  expect(await runAssigned()).toEqual([id]);
});
