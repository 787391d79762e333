import { sql } from 'kysely';
import { endNeverPickedUp } from '../../../platform/executor/unclaimed';
import type { Outcome } from '../../../platform/worker/attempt';
import { TENANT, completed, withExecutor } from './stage';

const stage = withExecutor();

const OVER = { timed_out: true, timeout_seconds: 5, timeout_level: 'workflow' };

const cancelled = (): Outcome => ({
  ...completed(),
  status: 'cancelled',
  result: { succeeded: false, cancelled: true, exit_code: -1, error: 'Execution cancelled by user' },
});

const inTenant = (statement: ReturnType<typeof sql>) =>
  stage.db().inTenant(TENANT, (transaction) => statement.execute(transaction));

/** As if the workflow had begun so long ago that its limit has passed by now. */
const passLimit = (execution: number) =>
  inTenant(sql`update workflow_execution set due_at = platform_now() where execution = ${execution}`);

const overdue = async (): Promise<number[]> => {
  const { rows } = await stage
    .db()
    .inNone((transaction) => sql<{ execution: number }>`select execution from overdue_limits()`.execute(transaction));
  return rows.map(({ execution }) => execution);
};

const task = (name: string, action = 'stage.act', more: object = {}) => ({ name, action, input: { name }, ...more });

/** Begun, with its first tasks handed to the worker and started. */
const begun = async (ref: string) => {
  const { id } = await stage.request(ref);
  await stage.dispatch();
  await stage.advance(id);
  await stage.dispatch();
  return id;
};

const startAll = async () => {
  const held = await stage.claim();
  for (const each of held) await stage.start(each);
  return held;
};

test('a workflow over its limit stops what runs, starts nothing more and fails saying so', async () => {
  const tasks = [task('a', 'stage.act', { next: [{ do: ['z'] }], retry: { count: 2 } }), task('z')];
  const id = await begun(await stage.workflow('over', { version: '1.0.0', timeout: 5, tasks }));
  const [attempt] = await startAll();
  expect(await overdue()).toEqual([]);

  await passLimit(id);
  expect(await overdue()).toEqual([id]);
  await stage.advance(id);
  expect(await overdue()).toEqual([]);
  expect((await stage.get(id)).status).toBe('running');
  expect(await stage.finish(attempt!, cancelled())).toBe(true);
  await stage.advance(id);

  const children = await stage.children(id);
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
  expect(await stage.get(id)).toMatchObject({ status: 'failed', result: { ...OVER, succeeded: false, error } });
});

test('a nested workflow and what runs in it are stopped by the limit above', async () => {
  const inner = await stage.workflow('inner', { version: '1.0.0', tasks: [task('deep'), task('deeper')] });
  const outer = await stage.workflow('outer', { version: '1.0.0', timeout: 5, tasks: [task('call', inner)] });
  const id = await begun(outer);
  const [call] = await stage.children(id);
  await stage.advance(call!.id);
  await stage.dispatch();
  const [started] = await stage.claim(1);
  await stage.start(started!);

  await passLimit(id);
  await stage.advance(id);
  await stage.advance(call!.id);
  await stage.finish(started!, cancelled());
  await stage.advance(call!.id);
  await stage.advance(id);

  const below = [...(await stage.children(id)), ...(await stage.children(call!.id))];
  expect(below.map(({ task_name: name, status, timeout_level: level }) => [name, status, level])).toEqual([
    ['call', 'cancelled', 'workflow'],
    ['deep', 'cancelled', 'workflow'],
    ['deeper', 'cancelled', 'workflow'],
  ]);
  expect(below.map(({ result }) => result)).toMatchObject(
    Array(3).fill({ timeout_level: 'workflow', timeout_seconds: 5 }),
  );
  expect(await stage.get(id)).toMatchObject({ status: 'failed', result: OVER });
});

test('a child that ended before the limit counts, however late the engine hears of both', async () => {
  const id = await begun(await stage.workflow('late', { version: '1.0.0', timeout: 5, tasks: [task('a')] }));
  const [attempt] = await startAll();
  await stage.finish(attempt!, { ...completed(), finishedAt: Date.now() - 1_000 });
  await passLimit(id);

  await stage.advance(id);

  expect(await stage.get(id)).toMatchObject({ status: 'completed', result: { succeeded: true } });
});

test('what no worker picks up in time fails, and says after how long', async () => {
  const { id } = await stage.request('stage.act');
  const held = await stage.request('stage.act');
  await stage.dispatch();
  const claims = await stage.claim(2);
  await stage.loseLease(claims.find(({ execution }) => execution === id)!);
  await inTenant(sql`update execution set updated = platform_now() - interval '301 s' where status = 'scheduled'`);

  expect(await endNeverPickedUp(stage.db(), 300_000)).toEqual([id]);

  expect(await stage.get(id)).toMatchObject({
    status: 'failed',
    result: {
      error: `Execution was not picked up by worker ${stage.worker()} within 300 seconds`,
      failed_by: 'execution_timeout_monitor',
      timeout_seconds: 300,
      age_seconds: 301,
      original_status: 'scheduled',
    },
  });
  expect((await stage.get(held.id)).status).toBe('scheduled'); // a worker prepares it
});
