// What the engine has to process holds a move of the clock, before it has processed it.
import { sql } from 'kysely';
import { cancelExecution } from '../../../platform/store/executions/cancel-execution';
import { requestPause, resumeRun } from '../../../platform/store/executions/paused-runs';
import type { Transaction } from '../../../platform/store/database/connection';
import { completed, failed, TENANT, withExecutor } from './with-executor';

const platform = withExecutor();

/** Of the tenant's executions, those that are in flight. */
const inFlight = async (): Promise<number[]> => {
  const { rows } = await platform
    .db()
    .inTenant(TENANT, (transaction) =>
      sql<{ entity: number }>`select entity from work_in_flight() order by entity`.execute(transaction),
    );
  return rows.map(({ entity }) => entity);
};

/** Workflows whose notification would be sent again: the same rule finds them. */
const overdue = async (): Promise<number[]> => {
  const rows = await platform.queryAsOwner<{ execution: number }>(
    'select execution from overdue_work(-60000) where execution is not null order by execution',
  );
  return rows.map(({ execution }) => execution);
};

/** Whether a move of the clock waits that need not wait for programs. */
const holdsMoves = async (): Promise<boolean> => {
  const { rows } = await platform
    .db()
    .inTenant(TENANT, (transaction) =>
      sql<{ waits: boolean }>`select is_clock_waiting(false) as waits`.execute(transaction),
    );
  return rows[0]!.waits;
};

const change = async (id: number, work: typeof requestPause): Promise<void> => {
  const { status } = await platform.get(id);
  await platform.db().inTenant(TENANT, (transaction: Transaction) => work(transaction, { id, tenant: TENANT, status }));
};

const definition = {
  version: '1.0.0',
  tasks: [
    { name: 'first', action: 'test.act', next: [{ do: ['second'] }] },
    { name: 'second', action: 'test.act' },
  ],
};

/** A workflow that has been paused when its first task had ended. */
async function pausedRun(name: string): Promise<number> {
  const id = await platform.startWorkflow(name, definition);
  await platform.dispatch();
  const [attempt] = await platform.claim();
  await platform.start(attempt!);
  await change(id, requestPause);
  expect([await inFlight(), await overdue()]).toEqual([[id, attempt!.execution], [id]]);
  await platform.advance(id);
  expect([await inFlight(), await overdue()]).toEqual([[attempt!.execution], []]); // the pause waits for it
  expect(await holdsMoves()).toBe(false);
  await platform.finish(attempt!, completed());
  await platform.advance(id);
  expect(await platform.get(id)).toMatchObject({ status: 'paused' });
  expect([await inFlight(), await holdsMoves()]).toEqual([[], false]);
  return id;
}

test('a resume holds a move until its engine has processed it', async () => {
  const id = await pausedRun('resumed');

  await change(id, resumeRun);

  expect([await inFlight(), await holdsMoves()]).toEqual([[id], true]);
  await platform.advance(id);
  await platform.dispatch();
  const [second] = await platform.claim();
  expect(await inFlight()).toEqual([second!.execution]);
  await platform.start(second!);
  await platform.finish(second!, completed());
  await platform.advance(id);
  expect([await platform.get(id), await inFlight()]).toMatchObject([{ status: 'completed' }, []]);
});

test('a resume holds a move where a sub-workflow of the run is still paused', async () => {
  const inner = await platform.createWorkflow('inner', definition);
  const outer = await platform.createWorkflow('outer', { tasks: [{ name: 'call', action: inner }] });
  const id = await platform.requestAndAdvance(outer);
  await platform.dispatch();
  const nested = (await platform.children(id))[0]!.id;
  await platform.advance(nested);
  await platform.dispatch();
  const [attempt] = await platform.claim();
  await platform.start(attempt!);
  await change(id, requestPause);
  await platform.advance(id);
  await platform.finish(attempt!, completed());
  await platform.advance(nested);
  await platform.advance(id);
  expect([await platform.get(id), await platform.get(nested)]).toMatchObject([
    { status: 'paused' },
    { status: 'paused' },
  ]);
  expect(await inFlight()).toEqual([]);

  await change(id, resumeRun);

  expect(await inFlight()).toEqual([id]);
  await platform.advance(id);
  expect(await inFlight()).toEqual([nested]);
});

test('a cancel holds a move where the workflow waits until a retry is due', async () => {
  const retried = { name: 'retried', action: 'test.act', retry: { count: 1, delay: 60 } };
  const id = await platform.startWorkflow('retries', { tasks: [retried] });
  await platform.dispatch();
  const children = (await platform.children(id)).map((child) => child.id);
  const attempt = (await platform.claim()).find(({ execution }) => children.includes(execution))!;
  await platform.start(attempt);
  await platform.finish(attempt, failed());
  await platform.advance(id);
  expect(await inFlight()).not.toContain(id);

  await platform.db().inTenant(TENANT, (transaction) => cancelExecution(transaction, id));

  expect(await inFlight()).toContain(id);
  expect(await holdsMoves()).toBe(true);
});

test('the rule for requests to process is planned with its statement', async () => {
  const plan = await platform.queryAsOwner('explain select execution from workflows_to_process() where tenant = 1');

  expect(JSON.stringify(plan)).not.toContain('Function Scan');
});
