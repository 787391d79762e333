// Spec: tasks run in order, each after the one before it has succeeded.
import { claim } from '../../../helpers/scenario/claim';
import type { Context } from '../../../helpers/scenario/context';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { childrenByTask, expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, expectRunsAtEnd, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  onFailure,
  onSuccess,
  task,
  type Parameters,
  type Task,
  type Transition,
} from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

/** A → B → C: each adds its letter to the text of the one before it. A publishes its result. */
const letterTasks = (ctx: Context): Task[] => {
  const add = (letter: string, text: string, ...next: Transition[]) =>
    task(ctx, letter, 'add-letter', { text, letter, hold_ms: 150 }, ...next);
  const publish = { when: '{{ succeeded() }}', publish: ['whole'], do: ['B'] }; // the whole result of A
  return [
    add('A', ctx.nonce, publish),
    add('B', '{{ task.A.text }}', onSuccess('C')),
    add('C', '{{ task.B.text }}', onSuccess()),
  ];
};

claim('T2.11a', NEEDS, 'tasks A, B and C run in order and pass data on', async (ctx) => {
  await ctx.pack('e2e');
  const output_map = { text: '{{ task.C.text }}', published: '{{ workflow.whole.text }}' };
  const id = await startWorkflow(ctx, letterTasks(ctx), { output_map });

  const root = await waitForStatus(ctx, id);

  await expectTasks(ctx, id, { A: 'completed', B: 'completed', C: 'completed' });
  const [A, B, C] = await childrenByTask(ctx, id, 'A', 'B', 'C');
  expectOrder(ctx, [A!, B!, C!]);
  expect((await childOf(ctx, id, 'C')).result).toMatchObject({ data: { text: `${ctx.nonce}ABC` } });
  expect(root.result).toEqual({ succeeded: true, text: `${ctx.nonce}ABC`, published: `${ctx.nonce}A` });
  expect(workflowInterval(root).start).toBeLessThanOrEqual(recordedInterval(A!).start);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(recordedInterval(C!).finish);
});

claim('T2.11c', NEEDS, 'the task after a failed task is not started', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 5 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { C: 0 });

  await expectTasks(ctx, id, { A: 'completed', B: 'failed' });
  expect((await childOf(ctx, id, 'B')).result).toMatchObject({ exit_code: 5 });
  await expectFailedBy(ctx, id, 'B');
});

const core = (name: string, action: string, input: Parameters, ...next: Transition[]) =>
  ({ name, action: `core.${action}`, input, next }) satisfies Task;
const REPEATED = { message: '{{ item }}-{{ task.C.exit_code }}' };
const LIST = { with_items: '{{ range(3) }}' };

/** A, B and C in order beside Z, then lists D and E, one after the other and two at a time. */
const coreTasks = (nonce: string): Task[] => [
  core('A', 'echo', { message: nonce }, onSuccess('B')),
  core('Z', 'echo', { message: `${nonce}-Z` }),
  core('B', 'echo', { message: '{{ task.A.stdout }}-B' }, onSuccess('C')),
  core('C', 'noop', { exit_code: 9 }, onFailure('D'), onSuccess('X')),
  { ...core('D', 'echo', REPEATED, onSuccess('E')), ...LIST },
  { ...core('E', 'echo', REPEATED, onSuccess('F')), ...LIST, concurrency: 2 },
  core('F', 'noop', { message: 'done' }),
  core('X', 'noop', {}),
];

/** Of those tasks, in the order in which they start. */
const resultsOfCoreTasks = (nonce: string) => {
  const items = [0, 1, 2].map((item) => ({ succeeded: true, exit_code: 0, stdout: `${item}-9` }));
  const echoed = ['', '-Z', '-B'].map((suffix) => ({ stdout: nonce + suffix }));
  return [...echoed, { succeeded: false, exit_code: 9 }, ...items, ...items, { exit_code: 0 }];
};

const OF_CORE = ['executions.intervals'];

claim('T2.11h', OF_CORE, 'actions of pack core keep their order, output and exit codes', async (ctx) => {
  const id = await startWorkflow(ctx, coreTasks(ctx.nonce));

  await waitForStatus(ctx, id);

  const children = (await ctx.client.executions.children(id)).sort((a, b) => a.id - b.id);
  const runs = await readExecutions(ctx, children);
  expect(runs.map(({ result }) => result)).toMatchObject(resultsOfCoreTasks(ctx.nonce));
  expect(runs.map(({ status }) => status).filter((status) => status !== 'completed')).toEqual(['failed']);
  const [A, , B, C, ...others] = runs.map(recordedInterval);
  expect([A!.finish <= B!.start, B!.finish <= C!.start]).toEqual([true, true]);
  for (const other of others) expect(other.start).toBeGreaterThanOrEqual(C!.finish);
});
