import { sql } from 'kysely';
import { TENANT, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const setDepth = (execution: number, depth: number) =>
  testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      sql`update execution set causation_depth = ${depth} where id = ${execution}`.execute(transaction),
    );

const startAt = async (ref: string, depth: number): Promise<number> => {
  const { id } = await testPlatform.request(ref);
  await setDepth(id, depth);
  await testPlatform.dispatch();
  await testPlatform.advance(id);
  return id;
};

test('LD-03 a workflow that calls itself ends at 64 executions', async () => {
  const tasks = [1, 2].map((n) => ({ name: `again${n}`, action: 'test.itself', retry: { count: 3 } }));
  const ref = await testPlatform.createWorkflow('itself', { tasks });

  const id = await startAt(ref, 62);
  const children = await testPlatform.children(id);
  await testPlatform.dispatch();
  for (const child of children) await testPlatform.advance(child.id);

  expect(children.map(({ status, causation_depth: depth }) => [status, depth])).toEqual([
    ['running', 63],
    ['running', 63],
  ]);
  const last = await testPlatform.children(children[0]!.id);
  expect(last).toMatchObject(
    [1, 2].map(() => ({ status: 'failed', started_at: null, result: { code: 'LOOP_LIMIT' } })),
  );
  expect((await testPlatform.get(children[0]!.id)).status).toBe('failed');
});

test('a retry has the depth of its first attempt', async () => {
  const tasks = [{ name: 'flaky', action: 'test.act', retry: { count: 1, delay: 0 } }];
  const id = await startAt(await testPlatform.createWorkflow('retried', { tasks }), 7);
  await testPlatform.dispatch();
  const [attempt] = await testPlatform.claim();
  await testPlatform.start(attempt!);
  const outcome = { finishedAt: Date.now(), timeoutLevel: null, stdoutTail: '', stderrTail: '', logs: [] };
  await testPlatform.finish(attempt!, { ...outcome, status: 'failed', result: { succeeded: false, exit_code: 1 } });

  await testPlatform.advance(id);

  expect((await testPlatform.children(id)).map(({ causation_depth: depth }) => depth)).toEqual([8, 8]);
});
