import type { Attempt } from '../../../platform/store/lifecycle/attempt';
import { completed, failed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const place = (child: {
  task_name: string | null;
  task_round: number;
  task_index: number | null;
  retry_count: number;
}) => [child.task_name, child.task_round, child.task_index, child.retry_count].join(' ');

const placesOf = async (id: number): Promise<string[]> => (await testPlatform.children(id)).map(place);

/** Starts what can start, and ends all of it. */
async function runAll(id: number, outcomeOf: (held: Attempt) => Promise<ReturnType<typeof completed>>): Promise<void> {
  for (;;) {
    await testPlatform.dispatch();
    const claimed = await testPlatform.claim();
    if (claimed.length === 0) return;
    for (const held of claimed) {
      await testPlatform.start(held);
      await testPlatform.finish(held, await outcomeOf(held));
    }
    await testPlatform.advance(id);
  }
}

const AGAIN = { when: '{{ workflow.n | default(1) < 2 }}', publish: [{ n: 2 }], do: ['retried'] };
const ONCE_RETRIED = [
  { name: 'retried', action: 'test.act', retry: { count: 1, delay: 0 }, next: [{ do: ['items'] }] },
  { name: 'items', action: 'test.act', with_items: [7, 8], input: { n: '{{ item }}' }, next: [AGAIN] },
];

test('a round has rows of its own, with its retries and items', async () => {
  const id = await testPlatform.startWorkflow('rounds', { tasks: ONCE_RETRIED });
  await runAll(id, async ({ execution }) => {
    const { workflow_task: task } = await testPlatform.get(execution);
    return task?.task_name === 'retried' && task.retry_count === 0 ? failed() : completed();
  });

  const round = (n: number) => [`retried ${n}  0`, `retried ${n}  1`, `items ${n} 0 0`, `items ${n} 1 0`];
  expect(await placesOf(id)).toEqual([...round(1), ...round(2)]);
  expect((await testPlatform.get(id)).status).toBe('completed');
});

test('an execution and its notification name its round, a step of its own', async () => {
  const tasks = [{ name: 'poll', action: 'test.act', next: [{ when: 'result().n < 3', do: ['poll'] }] }];
  const id = await testPlatform.startWorkflow('named', { tasks });
  let n = 0;
  await runAll(id, () => Promise.resolve(completed({ n: ++n })));
  const children = await testPlatform.children(id);
  const executions = await Promise.all(children.map((child) => testPlatform.get(child.id)));

  expect(executions.map(({ workflow_task: task }) => task?.round)).toEqual([1, 2, 3]);
  const notified = await testPlatform.queryAsOwner<{ round: number }>(
    `select distinct coalesce((payload::json -> 'workflow_task' ->> 'round')::int, 1) as round from notification_log
     where entity_type = 'execution' and entity = any($1) order by 1`,
    [children.map((child) => child.id)],
  );
  expect(notified.map(({ round }) => round)).toEqual([1, 2, 3]);
  const steps = await testPlatform.queryAsOwner<{ step_order: number; step_name: string }>(
    'select step_order, step_name from durable.execution_steps where execution_id = $1 order by step_order',
    [id],
  );
  expect(steps).toEqual([1, 2, 3].map((step_order) => ({ step_order, step_name: 'poll' })));
});
