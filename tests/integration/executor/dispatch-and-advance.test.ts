// The first step of a workflow is done in the transaction that dispatches it.
import { dispatchAndAdvance } from '../../../platform/executor/workflows/dispatch-and-advance';
import { errorSubject } from '../../../platform/base/error-subject';
import { RowIsolation } from '../../../platform/store/database/row-isolation';
import { DISPATCH_CHANNEL } from '../../../platform/store/database/notify';
import { ADVANCE, TENANT, withExecutor } from './with-executor';

const platform = withExecutor();

const oneTask = (name: string) => ({ version: '1.0.0', tasks: [{ name, action: 'test.act' }] });

/** Dispatches all, and returns the payloads of the notifications that this sent. */
async function dispatch(onBatchFailed = jest.fn()): Promise<string[]> {
  const listener = await platform.listen(DISPATCH_CHANNEL);
  await dispatchAndAdvance(
    platform.db(),
    { ...ADVANCE, onBatchFailed, onExecutionFailed: jest.fn(), isolation: new RowIsolation() },
    { scheduleIn: () => undefined },
  )({
    tenant: TENANT,
  });
  return listener.received();
}

const workflowJob = (execution: number): string => JSON.stringify({ tenant: TENANT, execution });

test('a dispatched workflow has its first task, without a notification', async () => {
  const { id } = await platform.request(await platform.createWorkflow('alone', oneTask('task')));

  const received = await dispatch();

  expect(received).not.toContain(workflowJob(id));
  expect(await platform.get(id)).toMatchObject({ status: 'running' });
  const children = await platform.children(id);
  expect(children.map(({ task_name, status, worker }) => [task_name, status, worker])).toEqual([
    ['task', 'scheduled', platform.worker()],
  ]);
  expect(await platform.log(id)).toEqual(['EXECUTION_STARTED', 'STEP_STARTED']);
});

test('a step that fails leaves every workflow of its batch dispatched', async () => {
  await platform.queryAsOwner(`
    create function reject_task() returns trigger language plpgsql as $$ begin raise 'rejected'; end $$;
    create trigger reject_task before insert on execution for each row when (new.task_name = 'rejected')
      execute function reject_task()`);
  const failing = await platform.request(await platform.createWorkflow('failing', oneTask('rejected')));
  const other = await platform.request(await platform.createWorkflow('other', oneTask('task')));

  const failed: unknown[] = [];
  const received = await dispatch(jest.fn((error: unknown) => failed.push(error)));

  expect(failed.map(errorSubject)).toEqual([{ execution: failing.id }]);
  expect(received).toEqual(expect.arrayContaining([workflowJob(failing.id), workflowJob(other.id)]));
  expect([await platform.get(failing.id), await platform.get(other.id)]).toMatchObject([
    { status: 'running' },
    { status: 'running' },
  ]);
  await platform.advance(other.id);
  expect((await platform.children(other.id)).map(({ task_name }) => task_name)).toEqual(['task']);
});
