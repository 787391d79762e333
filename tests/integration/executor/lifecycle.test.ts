import { pino } from 'pino';
import { sql } from 'kysely';
import type { LogType } from '../../../contract/executions';
import { failUnclaimedExecutions } from '../../../platform/executor/recovery/fail-unclaimed';
import type { Transaction } from '../../../platform/store/database/connection';
import { DISPATCH_CHANNEL } from '../../../platform/store/database/notify';
import { cancelExecution } from '../../../platform/store/executions/cancel-execution';
import { IllegalTransition, transition } from '../../../platform/store/lifecycle/lifecycle';
import { TENANT, failed, withExecutor } from './with-executor';

const SILENT = pino({ enabled: false });

const testPlatform = withExecutor();

const inTenant = <T>(work: (transaction: Transaction) => Promise<T>) => testPlatform.db().inTenant(TENANT, work);

const cancel = (id: number) => inTenant((transaction) => cancelExecution(transaction, id));

/** End entries of executions and steps. */
const endEntries = async (id: number): Promise<LogType[]> =>
  (await testPlatform.log(id)).filter((type) => /^(EXECUTION|STEP)_(?!STARTED|RECOVERED)/.test(type));

const leasesOf = (id: number) =>
  inTenant((transaction) =>
    transaction.selectFrom('lease').select('owner').where('resource', '=', `execution:${id}`).execute(),
  );

/** The attempt of an execution, after its dispatch. */
const claimOf = async (id: number) => {
  await testPlatform.dispatch();
  return (await testPlatform.claim()).find(({ execution }) => execution === id)!;
};

const failUnclaimed = async (id: number) => {
  await testPlatform.loseLease(await claimOf(id));
  await inTenant((transaction) =>
    sql`update execution set assigned_at = liveness_now() - interval '9 s' where id = ${id}`.execute(transaction),
  );
  await failUnclaimedExecutions(testPlatform.db(), 8_000, SILENT);
};

const abandon = async (id: number) => {
  const attempt = await claimOf(id);
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);
  await testPlatform.recover(id, 3, 'off');
};

const loseWhileCanceling = async (id: number) => {
  const attempt = await claimOf(id);
  await testPlatform.start(attempt);
  await cancel(id);
  await testPlatform.loseLease(attempt);
  await testPlatform.recover(id, 3);
};

const makeUnschedulable = async (id: number) => {
  await inTenant((transaction) =>
    transaction.updateTable('execution').set({ worker_selector: '{"zone": "none"}' }).where('id', '=', id).execute(),
  );
  await testPlatform.dispatch();
};

/** Every way to end an execution; the log entry of a plain execution, and that of a task. */
const ENDINGS: [string, (id: number) => Promise<unknown>, LogType, LogType][] = [
  [
    'ended by its worker',
    async (id) => testPlatform.finish(await claimOf(id), failed()),
    'EXECUTION_FAILED',
    'STEP_FAILED',
  ],
  ['cancelled before its start', cancel, 'EXECUTION_CANCELLED', 'STEP_CANCELLED'],
  [
    'cancelled while a worker prepares it',
    async (id) => {
      await claimOf(id);
      await cancel(id);
    },
    'EXECUTION_CANCELLED',
    'STEP_CANCELLED',
  ],
  ['cancelled when its worker was lost', loseWhileCanceling, 'EXECUTION_CANCELLED', 'STEP_CANCELLED'],
  ['never picked up', failUnclaimed, 'EXECUTION_FAILED', 'STEP_FAILED'],
  ['abandoned', abandon, 'EXECUTION_ABANDONED', 'STEP_FAILED'],
  ['unschedulable', makeUnschedulable, 'EXECUTION_FAILED', 'STEP_FAILED'],
];

test.each(ENDINGS)('an execution %s logs its end once and holds no lease', async (_ending, end, entry) => {
  const { id } = await testPlatform.request('test.act');

  await end(id);

  expect(await endEntries(id)).toEqual([entry]);
  expect(await leasesOf(id)).toEqual([]);
  expect((await testPlatform.get(id)).finished_at).not.toBeNull();
});

let workflows = 0;

/** A running workflow of one task, which is not dispatched. */
async function startTask() {
  const ref = await testPlatform.createWorkflow(`task-${++workflows}`, {
    version: '1.0.0',
    tasks: [{ name: 'a', action: 'test.act' }],
  });
  const id = await testPlatform.requestAndDispatch(ref);
  await testPlatform.whileFrozen(() => testPlatform.advance(id));
  return { id, task: (await testPlatform.children(id))[0]!.id };
}

test.each(ENDINGS)('a task %s notifies its workflow, which alone logs the end', async (_ending, end, _own, step) => {
  const { id, task } = await startTask();
  const listener = await testPlatform.listen(DISPATCH_CHANNEL);

  await end(task);

  expect(await listener.received()).toContain(JSON.stringify({ tenant: TENANT, execution: id }));
  expect(await endEntries(task)).toEqual([]);
  await testPlatform.advance(id);
  expect(await endEntries(id)).toEqual([step, 'EXECUTION_FAILED']);
});

test('an edge that is not in NEXT is rejected and writes nothing', async () => {
  const { id } = await testPlatform.request('test.act');

  const written = inTenant((transaction) => transition(transaction, id, 'completed', { result: { data: 1 } }));

  await expect(written).rejects.toThrow(new IllegalTransition(id, 'requested', 'completed'));
  expect(await testPlatform.get(id)).toMatchObject({ status: 'requested', result: null, finished_at: null });
  expect(await testPlatform.log(id)).toEqual([]);
});

test('plain SQL cannot write an edge that is not in NEXT', async () => {
  const { id } = await testPlatform.request('test.act');

  const written = inTenant((transaction) =>
    transaction.updateTable('execution').set({ status: 'completed' }).where('id', '=', id).execute(),
  );

  await expect(written).rejects.toThrow(`execution ${id} cannot go from requested to completed`);
});

test('an execution that has ended does not end again', async () => {
  const { id } = await testPlatform.request('test.act');
  await testPlatform.finish(await claimOf(id), failed());
  const ended = await testPlatform.get(id);

  await expect(inTenant((transaction) => transition(transaction, id, 'failed'))).rejects.toThrow(IllegalTransition);
  await expect(cancel(id)).rejects.toMatchObject({ code: 'CONFLICT' });

  expect(await testPlatform.get(id)).toEqual(ended);
  expect(await endEntries(id)).toEqual(['EXECUTION_FAILED']);
});

test('a transition of several executions changes all or none', async () => {
  const ended = await testPlatform.request('test.act');
  await cancel(ended.id);
  const { id } = await testPlatform.request('test.act');

  const written = inTenant((transaction) => transition(transaction, [id, ended.id], 'cancelled'));

  await expect(written).rejects.toThrow(new IllegalTransition(ended.id, 'cancelled', 'cancelled'));
  expect((await testPlatform.get(id)).status).toBe('requested');
});

test('a recovered execution holds no lease and keeps the level of its limit', async () => {
  const { id } = await testPlatform.request('test.act');
  await inTenant((transaction) =>
    transaction.updateTable('execution').set({ timeout_level: 'request' }).where('id', '=', id).execute(),
  );
  const attempt = await claimOf(id);
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);

  await testPlatform.recover(id, 3);

  expect(await leasesOf(id)).toEqual([]);
  expect(await levelOf(id)).toBe('request');
});

const levelOf = async (id: number) =>
  (
    await inTenant((transaction) =>
      transaction.selectFrom('execution').select('timeout_level').where('id', '=', id).executeTakeFirstOrThrow(),
    )
  ).timeout_level;

test('an execution that no limit ended has no timeout level', async () => {
  const { id } = await testPlatform.request('test.act');
  await inTenant((transaction) =>
    transaction.updateTable('execution').set({ timeout_level: 'request' }).where('id', '=', id).execute(),
  );

  await cancel(id);

  expect(await levelOf(id)).toBeNull();
});

test('a run with an unusable definition ends and is not notified again', async () => {
  const tasks = [{ name: 'a', action: 'test.act', next: 'b' }];
  const id = await testPlatform.startWorkflow('unusable', { tasks });

  const { rows } = await testPlatform
    .db()
    .withoutTenant((transaction) => sql`select from overdue_work(-60000) where execution = ${id}`.execute(transaction));

  expect(rows).toEqual([]);
  expect(await endEntries(id)).toEqual(['EXECUTION_FAILED']);
});
