import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { cancelExecution } from '../../../platform/store/executions/cancel-execution';
import { requestPause } from '../../../platform/store/executions/paused-runs';
import type { AttemptOutcome } from '../../../platform/store/lifecycle/attempt';
import { TENANT, completed, failed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

interface TreeRow {
  readonly id: number;
  readonly parent: number | null;
  readonly status: string;
  readonly run: string | null;
}

const treeOf = async (root: number): Promise<TreeRow[]> => {
  const { rows } = await testPlatform.db().inTenant(TENANT, (transaction) =>
    sql<TreeRow>`select e.id, e.parent, e.status, r.status as run
      from execution e left join workflow_execution r on r.execution = e.id
      where e.root = ${root} order by e.id`.execute(transaction),
  );
  return rows;
};
const countBy = (rows: readonly TreeRow[]): Record<string, number> =>
  rows.reduce<Record<string, number>>((counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }), {});

const cancel = (id: number) => testPlatform.db().inTenant(TENANT, (transaction) => cancelExecution(transaction, id));

const pause = (id: number) =>
  testPlatform
    .db()
    .inTenant(TENANT, (transaction) => requestPause(transaction, { id, tenant: TENANT, status: 'running' }));

/** Starts every workflow of the tree that was requested. Their children are not dispatched. */
const growOnce = async (root: number) => {
  await testPlatform.dispatch();
  await testPlatform.whileFrozen(async () => {
    for (const { id, run } of await treeOf(root)) if (run === 'requested') await testPlatform.advance(id);
  });
};

const startDoubling = async (name: string, levels: number, more: JsonObject[] = []): Promise<number> => {
  const tasks = [1, 2].map((n) => ({ name: `again${n}`, action: `test.${name}` }));
  const { id } = await testPlatform.request(await testPlatform.createWorkflow(name, { tasks: [...tasks, ...more] }));
  for (let level = 0; level < levels; level++) await growOnce(id);
  return id;
};

test('cancelling stops a tree that doubles at the next step', async () => {
  const id = await startDoubling('doubling', 5);
  expect(countBy(await treeOf(id))).toEqual({ running: 31, requested: 32 });

  await cancel(id);
  await testPlatform.advance(id);

  const rows = await treeOf(id);
  expect(countBy(rows)).toEqual({ cancelled: 63 });
  expect(rows.map(({ run }) => run)).toEqual([...Array<string>(31).fill('cancelled'), ...Array<null>(32).fill(null)]);
  const [child] = await testPlatform.children(id);
  expect(child!.result).toEqual({ error: 'Workflow cancelled', succeeded: false });
  const log = [
    'EXECUTION_STARTED',
    'STEP_STARTED',
    'STEP_STARTED',
    'EXECUTION_CANCELLED',
    'STEP_CANCELLED',
    'STEP_CANCELLED',
  ];
  expect((await testPlatform.log(child!.id)).sort()).toEqual([...log].sort());
});

test('below a cancelled workflow nothing is dispatched', async () => {
  const id = await startDoubling('waiting', 3);
  await cancel(id);

  await testPlatform.dispatch();

  expect(countBy(await treeOf(id))).toEqual({ canceling: 1, running: 6, cancelled: 8 });
});

test('a step that ended before its cancelled run is logged with the run', async () => {
  const id = await startDoubling('ended', 2);
  const [child] = await testPlatform.children(id);
  await cancel(id);
  await testPlatform.dispatch(); // ends the steps, which were not started

  await testPlatform.advance(id);

  const log = await testPlatform.log(child!.id);
  expect(log.filter((type) => type.startsWith('STEP_'))).toEqual([
    ...['STEP_STARTED', 'STEP_STARTED', 'STEP_CANCELLED', 'STEP_CANCELLED'],
  ]);
});

test('a retry that a pause holds is logged at the end of its run', async () => {
  const retried = { name: 'retried', action: 'test.act', retry: { count: 1, delay: 0 } };
  const inner = await testPlatform.createWorkflow('inner', { tasks: [retried] });
  const outer = { version: '1.0.0', tasks: [{ name: 'call', action: inner }] };
  const { id } = await testPlatform.request(await testPlatform.createWorkflow('outer', outer));
  for (const each of [id, id]) {
    await testPlatform.dispatch();
    await testPlatform.advance(each);
  }
  const nested = (await testPlatform.children(id))[0]!.id;
  await testPlatform.advance(nested);
  await testPlatform.dispatch();
  const first = (await testPlatform.children(nested))[0]!.id;
  const attempt = (await testPlatform.claim()).find(({ execution }) => execution === first)!;
  await testPlatform.start(attempt);
  await pause(nested);
  await testPlatform.finish(attempt, failed());
  await testPlatform.advance(nested);
  expect(await testPlatform.get(nested)).toMatchObject({ status: 'paused' });

  await cancel(id);
  await testPlatform.advance(id);

  expect(await testPlatform.get(nested)).toMatchObject({ status: 'cancelled' });
  const log = await testPlatform.log(nested);
  expect(log.filter((type) => type.startsWith('STEP_'))).toEqual(['STEP_STARTED', 'STEP_RETRIED', 'STEP_CANCELLED']);
});

test('below a cancelled workflow nothing is created', async () => {
  const id = await startDoubling('creating', 2);
  await testPlatform.dispatch();
  const before = await treeOf(id);
  await cancel(id);

  for (const row of before) if (row.run === 'requested') await testPlatform.advance(row.id);

  expect(await treeOf(id)).toHaveLength(before.length);
});

test('a process below a cancelled tree keeps only its own workflows open', async () => {
  const id = await startDoubling('busy', 2, [{ name: 'work', action: 'test.act' }]);
  await testPlatform.dispatch();
  const works = await testPlatform.claim();
  const children = await testPlatform.children(id);
  const parentOf = new Map((await treeOf(id)).map((row) => [row.id, row.parent]));
  const held = works.find(({ execution }) => parentOf.get(execution) === children[0]!.id)!;
  await testPlatform.start(held);

  await cancel(id);
  await testPlatform.advance(id);
  const whileRunning = await testPlatform.children(id);
  await testPlatform.advance(children[0]!.id);
  await testPlatform.finish(held, completed() satisfies AttemptOutcome);
  await testPlatform.advance(children[0]!.id);
  await testPlatform.advance(id);

  expect(whileRunning.map(({ status }) => status)).toEqual(['canceling', 'cancelled', 'cancelled']);
  expect((await treeOf(id)).filter(({ status }) => status !== 'cancelled')).toMatchObject([
    { id: held.execution, status: 'completed' },
  ]);
});

/** Pauses a run whose items were released and not dispatched, and cancels the tree. */
async function cancelHeld(root: number, run: number): Promise<string[]> {
  await testPlatform.whileFrozen(() => testPlatform.advance(run));
  await pause(run);
  await testPlatform.advance(run);
  expect(await testPlatform.get(run)).toMatchObject({ status: 'paused' });

  await cancel(root);
  await testPlatform.advance(root);

  expect(await testPlatform.get(run)).toMatchObject({ status: 'cancelled' });
  return (await testPlatform.log(run)).filter((type) => type.startsWith('STEP_'));
}

test('an item that a pause holds is logged at the end of its run', async () => {
  const items = { name: 'each', action: 'test.act', with_items: [1, 2, 3], concurrency: 2 };
  const held = await testPlatform.createWorkflow('held', { tasks: [items] });
  const outer = { version: '1.0.0', tasks: [{ name: 'call', action: held }] };
  const around = await testPlatform.createWorkflow('around', outer);

  const alone = await testPlatform.request(held);
  const outermost = await testPlatform.request(around);
  await testPlatform.dispatch();
  await testPlatform.whileFrozen(() => testPlatform.advance(outermost.id));
  await testPlatform.dispatch();
  const [nested] = await testPlatform.children(outermost.id);

  const steps = [await cancelHeld(alone.id, alone.id), await cancelHeld(outermost.id, nested!.id)];

  const ended = ['STEP_STARTED', 'STEP_STARTED', 'STEP_CANCELLED', 'STEP_CANCELLED'];
  expect(steps).toEqual([ended, ended]);
});
