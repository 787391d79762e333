import { RING_CHANNEL, ringAdvance, ringDispatch } from '../../../platform/queue/ring';
import { TENANT, completed, withExecutor } from './stage';

const stage = withExecutor();

const two = {
  version: '1.0.0',
  tasks: [
    { name: 'a', action: 'stage.act', next: [{ when: '{{ succeeded() }}', do: ['b'] }] },
    { name: 'b', action: 'stage.act' },
  ],
};

/** Runs whatever is assigned, and says what it was. */
const work = async (): Promise<number[]> => {
  const attempts = await stage.claim();
  for (const attempt of attempts) {
    expect(await stage.start(attempt)).toBe(true);
    expect(await stage.finish(attempt, completed())).toBe(true);
  }
  return attempts.map(({ execution }) => execution);
};

const oneTask = async (workflow: number): Promise<void> => {
  await stage.dispatch();
  expect(await work()).toHaveLength(1);
  await stage.advance(workflow);
};

test('a doorbell answered by two at once assigns each execution once', async () => {
  const wanted = [await stage.request('stage.act'), await stage.request('stage.act')].map(({ id }) => id);

  await Promise.all([stage.dispatch(), stage.dispatch(), stage.dispatch()]);

  expect((await work()).sort()).toEqual(wanted);
  expect(await work()).toEqual([]);
});

test('a workflow advanced twice for the same end starts each child once', async () => {
  const ref = await stage.workflow('twice', two);
  const { id } = await stage.request(ref);
  await stage.dispatch();
  await Promise.all([stage.advance(id), stage.advance(id)]);
  await stage.dispatch();
  await work();

  await Promise.all([stage.advance(id), stage.advance(id), stage.advance(id)]);
  await stage.advance(id);

  expect((await stage.children(id)).map(({ task_name }) => task_name)).toEqual(['a', 'b']);
  await oneTask(id);
  expect((await stage.get(id)).status).toBe('completed');
});

test('a two-step run leaves ten entries in one order', async () => {
  const ref = await stage.workflow('ten', two);
  const { id } = await stage.request(ref);
  await stage.dispatch();
  await stage.advance(id);
  await oneTask(id);
  await oneTask(id);

  const step = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];
  expect((await stage.get(id)).status).toBe('completed');
  expect(await stage.log(id)).toEqual(['EXECUTION_STARTED', ...step, ...step, 'EXECUTION_COMPLETED']);
});

test('what is not committed is not rung for', async () => {
  const heard = await stage.listen(RING_CHANNEL);

  await expect(
    stage.db().inTenant(TENANT, async (transaction) => {
      await ringDispatch(transaction, 7);
      await ringAdvance(transaction, TENANT, 7);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await stage.db().inTenant(TENANT, (transaction) => ringDispatch(transaction, 8));

  expect(await heard.first()).toBe('{"tenant":8}');
});

test('who makes executions does not wait for another who does', async () => {
  const { id } = await stage.db().inTenant(TENANT, async (transaction) => {
    await ringDispatch(transaction, TENANT);
    return stage.request('stage.act');
  });

  await stage.dispatch();

  expect(await work()).toEqual([id]);
});
