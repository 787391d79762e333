import type { WorkflowTask } from '../../../contract/executions';
import { completed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const WITHOUT_VALUE = {
  task_index: null,
  task_batch: null,
  round: 1,
  retry_count: 0,
  max_retries: 0,
  next_retry_at: null,
  timeout_seconds: null,
  timed_out: false,
  duration_ms: null,
  started_at: null,
  completed_at: null,
};

/** A workflow whose task `first` has run, and whose list `second` waits. */
async function startWorkflow(name: string) {
  const id = await testPlatform.startWorkflow(name, {
    tasks: [
      { name: 'first', action: 'test.act', next: [{ do: ['second'] }] },
      { name: 'second', action: 'test.act', with_items: [1, 2], timeout: 7 },
    ],
  });
  await testPlatform.dispatch();
  const [attempt] = await testPlatform.claim();
  await testPlatform.start(attempt!);
  await testPlatform.finish(attempt!, { ...completed(), finishedAt: Date.now() + 12.3456 });
  await testPlatform.advance(id);
  return { id, children: (await testPlatform.children(id)).map((child) => child.id) };
}

const workflowTask = async (id: number) => (await testPlatform.get(id)).workflow_task;

/** `workflow_task` of an execution's last notification, with instants as in the API. */
async function notifiedTask(id: number): Promise<object> {
  const [notification] = await testPlatform.queryAsOwner<{ task: Record<string, unknown> }>(
    `select payload::json -> 'workflow_task' as task from notification_log
     where entity_type = 'execution' and entity = $1 order by seq desc limit 1`,
    [id],
  );
  const entries = Object.entries(notification!.task);
  return Object.fromEntries(entries.map(([key, value]) => [key, withUtcSuffix(value)]));
}

const withUtcSuffix = (value: unknown): unknown => (typeof value === 'string' ? value.replace('+00:00', 'Z') : value);

test('a key without a value is null; only triggered_by is absent', async () => {
  const { id, children } = await startWorkflow('keys');

  expect(await workflowTask(children[0]!)).toEqual({
    ...WITHOUT_VALUE,
    workflow_execution: expect.any(Number) as number,
    task_name: 'first',
    duration_ms: expect.any(Number) as number,
    started_at: expect.any(String) as string,
    completed_at: expect.any(String) as string,
  } satisfies WorkflowTask);
  expect(await workflowTask(children[2]!)).toEqual({
    ...WITHOUT_VALUE,
    workflow_execution: (await workflowTask(children[0]!))!.workflow_execution,
    task_name: 'second',
    triggered_by: 'first',
    task_index: 1,
    timeout_seconds: 7,
  } satisfies WorkflowTask);
  expect(await testPlatform.get(id)).not.toHaveProperty('workflow_task');
});

test('a notification names no first round, and is the execution otherwise', async () => {
  const { children } = await startWorkflow('notified');

  for (const child of children) expect({ ...(await notifiedTask(child)), round: 1 }).toEqual(await workflowTask(child));
});
