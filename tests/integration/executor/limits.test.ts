import { pino } from 'pino';
import { sql } from 'kysely';
import { failUnclaimedExecutions } from '../../../platform/executor/recovery/fail-unclaimed';
import { recordDiskShortage } from '../../../platform/store/workers/workers';
import type { AttemptOutcome } from '../../../platform/store/lifecycle/attempt';
import { TENANT, completed, withExecutor } from './with-executor';

const SILENT = pino({ enabled: false });

const testPlatform = withExecutor();

const TIMED_OUT_RESULT = { timed_out: true, timeout_seconds: 5, timeout_level: 'workflow' };

const cancelled = (): AttemptOutcome => ({
  ...completed(),
  status: 'cancelled',
  result: { succeeded: false, cancelled: true, exit_code: -1, error: 'Execution cancelled by user' },
});

const execute = (statement: ReturnType<typeof sql>) =>
  testPlatform.db().inTenant(TENANT, (transaction) => statement.execute(transaction));

/** Makes the workflow's limit pass now. */
const passLimit = (execution: number) =>
  execute(sql`update workflow_execution set due_at = platform_now() where execution = ${execution}`);

const overdue = async (): Promise<number[]> => {
  const { rows } = await testPlatform
    .db()
    .withoutTenant((transaction) =>
      sql<{ execution: number }>`select execution from overdue_limits()`.execute(transaction),
    );
  return rows.map(({ execution }) => execution);
};

const task = (name: string, action = 'test.act', more: object = {}) => ({ name, action, input: { name }, ...more });

/** Starts a workflow and dispatches its first tasks. */
const startWorkflow = async (ref: string) => {
  const id = await testPlatform.requestAndAdvance(ref);
  await testPlatform.dispatch();
  return id;
};

const startAll = async () => {
  const held = await testPlatform.claim();
  for (const each of held) await testPlatform.start(each);
  return held;
};

test('a workflow that passes its limit stops its children and fails', async () => {
  const tasks = [task('a', 'test.act', { next: [{ do: ['z'] }], retry: { count: 2 } }), task('z')];
  const id = await startWorkflow(await testPlatform.createWorkflow('over', { timeout: 5, tasks }));
  const [attempt] = await startAll();
  expect(await overdue()).toEqual([]);

  await passLimit(id);
  expect(await overdue()).toEqual([id]);
  await testPlatform.advance(id);
  expect(await overdue()).toEqual([]);
  expect((await testPlatform.get(id)).status).toBe('running');
  expect(await testPlatform.finish(attempt!, cancelled())).toBe(true);
  await testPlatform.advance(id);

  const children = await testPlatform.children(id);
  expect(children.map(({ task_name: name, status, timed_out: over }) => [name, status, over])).toEqual([
    ['a', 'cancelled', false],
  ]);
  expect(children[0]!.result).toEqual({
    succeeded: false,
    cancelled: true,
    exit_code: -1,
    error: 'Stopped: its workflow timed out after 5 seconds',
    timeout_level: 'workflow',
    timeout_seconds: 5,
  });
  const error = 'Execution timed out after 5 seconds';
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'failed',
    result: { ...TIMED_OUT_RESULT, succeeded: false, error },
  });
});

test('the limit of a workflow stops nested workflows and their children', async () => {
  const inner = await testPlatform.createWorkflow('inner', { tasks: [task('deep'), task('deeper')] });
  const outer = await testPlatform.createWorkflow('outer', {
    timeout: 5,
    tasks: [task('call', inner)],
  });
  const id = await startWorkflow(outer);
  const [call] = await testPlatform.children(id);
  await testPlatform.advance(call!.id);
  await testPlatform.dispatch();
  const [started] = await testPlatform.claim(1);
  await testPlatform.start(started!);

  await passLimit(id);
  await testPlatform.advance(id);
  await testPlatform.advance(call!.id);
  await testPlatform.finish(started!, cancelled());
  await testPlatform.advance(call!.id);
  await testPlatform.advance(id);

  const below = [...(await testPlatform.children(id)), ...(await testPlatform.children(call!.id))];
  expect(below.map(({ task_name: name, status, timeout_level: level }) => [name, status, level])).toEqual([
    ['call', 'cancelled', 'workflow'],
    ['deep', 'cancelled', 'workflow'],
    ['deeper', 'cancelled', 'workflow'],
  ]);
  expect(below.map(({ result }) => result)).toMatchObject(
    Array(3).fill({ timeout_level: 'workflow', timeout_seconds: 5 }),
  );
  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: TIMED_OUT_RESULT });
});

test('a child that ended before the limit is processed before the limit', async () => {
  const id = await startWorkflow(await testPlatform.createWorkflow('late', { timeout: 5, tasks: [task('a')] }));
  const [attempt] = await startAll();
  await testPlatform.finish(attempt!, { ...completed(), finishedAt: Date.now() - 1_000 });
  await passLimit(id);

  await testPlatform.advance(id);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { succeeded: true } });
});

test('an execution that no worker claims in time fails with its age', async () => {
  const { id } = await testPlatform.request('test.act');
  const held = await testPlatform.request('test.act');
  await testPlatform.dispatch();
  const claims = await testPlatform.claim(2);
  await testPlatform.loseLease(claims.find(({ execution }) => execution === id)!);
  await execute(sql`update execution set assigned_at = liveness_now() - interval '301 s' where status = 'scheduled'`);

  expect(await failUnclaimedExecutions(testPlatform.db(), 300_000, SILENT)).toEqual([id]);

  expect(await testPlatform.get(id)).toMatchObject({
    status: 'failed',
    result: {
      error: `Execution was not picked up by worker ${testPlatform.worker()} within 300 seconds`,
      failed_by: 'execution_timeout_monitor',
      timeout_seconds: 300,
      age_seconds: 301,
      original_status: 'scheduled',
    },
  });
  expect((await testPlatform.get(held.id)).status).toBe('scheduled'); // its lease is valid
});

test('an execution waits while the disk of its worker is short of space', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  await execute(sql`update execution set assigned_at = liveness_now() - interval '301 s' where id = ${id}`);
  const db = testPlatform.db();
  await recordDiskShortage(db, testPlatform.worker(), true);
  const next = await testPlatform.request('test.act');
  await testPlatform.dispatch();
  const whileShort = [await failUnclaimedExecutions(db, 300_000, SILENT), (await testPlatform.get(next.id)).status];
  await recordDiskShortage(db, testPlatform.worker(), false);
  await testPlatform.dispatch();

  expect(whileShort).toEqual([[], 'requested']);
  expect(await failUnclaimedExecutions(db, 300_000, SILENT)).toEqual([]);
  expect((await testPlatform.claim(2)).map(({ execution }) => execution)).toEqual([id, next.id]);
});
