// Spec: a transition that leads back starts another round of a task, and of all that follows it.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { onlyChildOfTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { joinInLoop, listInLoop } from '../../../helpers/scenario/resources/loop-tasks';
import { attemptsOf, expectRunsAtEnd, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  onFailure,
  onSuccess,
  task,
  type Task,
  type Transition,
} from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.loops', 'ledger.shared'];

type Child = Awaited<ReturnType<Context['client']['executions']['children']>>[number];

/** The task, its round and its status: `poll 1 failed`. */
const place = ({ workflow_task: of, status }: Child): string =>
  `${of?.task_name ?? 'no task'} ${of?.round ?? 'no round'} ${status}`;

claim('T2.18a', NEEDS, 'a task polls until it succeeds, then the next one runs once', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = [
    task(ctx, 'poll', 'fail-n-times', { n: 2 }, onFailure('wait'), onSuccess('ready')),
    task(ctx, 'wait', 'append-ledger', {}, onSuccess('poll')),
    task(ctx, 'ready', 'append-ledger'),
  ];
  const id = await startWorkflow(ctx, tasks, { output_map: { ready: '{{ task.ready.exit_code }}' } });

  await expectRunsAtEnd(ctx, id, 'completed', { poll: 3, wait: 2, ready: 1 });

  const places = (await ctx.client.executions.children(id)).map(place).sort();
  const rounds = ['poll 1 failed', 'poll 2 failed', 'poll 3 completed'];
  expect(places).toEqual([...rounds, 'ready 1 completed', 'wait 1 completed', 'wait 2 completed']);
  expect((await ctx.client.executions.get(id)).result).toEqual({ succeeded: true, ready: 0 });
});

claim('T2.18b', [...NEEDS, 'workers.slots'], 'a join in a loop counts the arrivals of its own round', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, joinInLoop(ctx), { vars: { rounds: 1 } });

  await expectRunsAtEnd(ctx, id, 'completed', { head: 2, fast: 2, slow: 2, joined: 2 });

  const joined = await attemptsOf(ctx, id, 'joined');
  expect(joined.map(({ workflow_task: of }) => of?.round)).toEqual([1, 2]);
});

/** Task, round, item, retry and status of each execution in that loop, and whose retry it is. */
const PARTS = [
  'each 1 0 0 completed',
  'each 1 1 0 completed',
  'each 2 0 0 completed',
  'each 2 1 0 completed',
  'flaky 1 - 0 failed',
  'flaky 1 - 1 completed, of flaky 1 - 0 failed',
  'flaky 2 - 0 failed',
  'flaky 2 - 1 completed, of flaky 2 - 0 failed',
];

const partOf = ({ workflow_task: of, status }: Child): string =>
  [of?.task_name, of?.round, of?.task_index ?? '-', of?.retry_count, status].join(' ');

claim('T2.18c', NEEDS, 'each round has its own items, retries and last result', async (ctx) => {
  await ctx.pack('e2e');
  const output_map = { last: '{{ [task.each.items[0].params, task.each.items[1].params] }}' };
  const id = await startWorkflow(ctx, listInLoop(ctx), { vars: { round: 1 }, output_map });

  const { result } = await waitForStatus(ctx, id);

  const children = await ctx.client.executions.children(id);
  const parts = children.map((child) => {
    const original = children.find(({ id: other }) => other === child.original_execution);
    return original === undefined ? partOf(child) : `${partOf(child)}, of ${partOf(original)}`;
  });
  expect(parts.sort()).toEqual(PARTS);
  expect(result).toMatchObject({ last: Array(2).fill({ round: 2, before: 2 }) as object[] });
});

/** How often a task may start. */
function roundLimit({ facts }: Context): number {
  const declared = facts.capabilities['workflows.loops'];
  return typeof declared === 'object' ? Number(declared.rounds) : NaN;
}

claim('T2.18d', ['workflows.loops'], 'a loop without an end fails with LOOP_LIMIT', async (ctx) => {
  const again = { name: 'again', action: 'core.noop', next: [{ do: ['again'] }] };
  const { ref } = await ctx.workflow([again]);

  const { id, result } = await runToEnd(ctx, ref, {}, 'failed');

  expect(result).toMatchObject({ succeeded: false, code: 'LOOP_LIMIT' });
  const failed = (await ctx.client.executions.children(id)).filter(({ status }) => status === 'failed');
  const last = onlyChildOfTask('again', failed);
  expect(last.workflow_task?.round).toBe(roundLimit(ctx) + 1);
  expect((await ctx.client.executions.get(last.id)).result).toMatchObject({ code: 'LOOP_LIMIT' });
});

const step = (ctx: Context, name: string, ...next: Transition[]): Task => task(ctx, name, 'append-ledger', {}, ...next);
const inRound = (when: string, next: number, ...names: string[]): Transition => ({
  when: `{{ workflow.round ${when} }}`,
  publish: [{ next }],
  do: names,
});

/** The workflow has started these tasks, and no other, in this order. */
const expectSequence = async ({ client }: Context, id: number, names: readonly string[]) =>
  expect((await client.executions.children(id)).map(taskName)).toEqual(names);

claim('T2.18e', NEEDS, 'arrivals of different rounds do not meet a join that leads back', async (ctx) => {
  await ctx.pack('e2e');
  const toRight = [inRound('== 1', 2, 'head'), inRound('== 2', 3, 'joined', 'head'), inRound('>= 3', 4, 'joined')];
  const tasks = [
    step(ctx, 'head', { publish: [{ round: '{{ workflow.next }}' }], do: ['left'] }),
    step(ctx, 'left', inRound('== 2', 3, 'right'), inRound('!= 2', 0, 'joined', 'right')),
    step(ctx, 'right', ...toRight),
    { ...step(ctx, 'joined', inRound('== 3', 4, 'head')), join: 2 },
  ];
  const id = await startWorkflow(ctx, tasks, { vars: { next: 1 } });

  await expectRunsAtEnd(ctx, id, 'completed', { head: 4, left: 4, right: 4, joined: 2 });

  const round = ['head', 'left', 'right'];
  await expectSequence(ctx, id, [...round, ...round, ...round, 'joined', ...round, 'joined']);
});

claim('T2.18f', NEEDS, 'a loop that begins at two tasks runs both in each round', async (ctx) => {
  await ctx.pack('e2e');
  const again = { when: '{{ workflow.n < 3 }}', publish: [{ n: '{{ workflow.n + 1 }}' }], do: ['left', 'right'] };
  const tasks = [
    step(ctx, 'start', onSuccess('left', 'right')),
    step(ctx, 'left', onSuccess('joined')),
    step(ctx, 'right', onSuccess('joined')),
    { ...step(ctx, 'joined', again), join: 2 },
  ];
  const id = await startWorkflow(ctx, tasks, { vars: { n: 1 } });

  await expectRunsAtEnd(ctx, id, 'completed', { start: 1, left: 3, right: 3, joined: 3 });

  const round = ['left', 'right', 'joined'];
  await expectSequence(ctx, id, ['start', ...round, ...round, ...round]);
});
