// Spec: a transition that leads back starts another round of a task, and of all that follows it.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { onlyChildOfTask } from '../../../helpers/scenario/resources/child-executions';
import { expectRunsAtEnd, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.loops', 'ledger.shared'];

type Child = Awaited<ReturnType<Context['client']['executions']['children']>>[number];

const place = ({ workflow_task: of, status }: Child): string =>
  `${of?.task_name ?? 'no task'} ${of?.round ?? 'no round'} ${status}`;

claim('T2.18a', NEEDS, 'a task polls until it succeeds, then the next one runs once', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(
    ctx,
    [
      task(ctx, 'poll', 'fail-n-times', { n: 2 }, onFailure('wait'), onSuccess('ready')),
      task(ctx, 'wait', 'append-ledger', {}, onSuccess('poll')),
      task(ctx, 'ready', 'append-ledger'),
    ],
    { output_map: { ready: '{{ task.ready.exit_code }}' } },
  );

  await expectRunsAtEnd(ctx, id, 'completed', { poll: 3, wait: 2, ready: 1 });

  const places = (await ctx.client.executions.children(id)).map(place);
  expect(places.sort()).toEqual([
    'poll 1 failed',
    'poll 2 failed',
    'poll 3 completed',
    'ready 1 completed',
    'wait 1 completed',
    'wait 2 completed',
  ]);
  expect((await ctx.client.executions.get(id)).result).toEqual({ succeeded: true, ready: 0 });
});

/** `slow` ends its first round after `fast` has ended its second, which `mark` shows. */
const EARLIER = 5;

claim('T2.18b', [...NEEDS, 'workers.slots'], 'a join in a loop counts the arrivals of its own round', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  const meet = (name: string, n: number) => task(ctx, name, 'meet-then-hold', { room, n, hold_ms: 0 });
  const again = { when: '{{ workflow.rounds < 2 }}', publish: [{ rounds: '{{ workflow.rounds + 1 }}' }], do: ['head'] };
  const id = await startWorkflow(
    ctx,
    [
      task(ctx, 'head', 'append-ledger', {}, onSuccess('fast', 'slow')),
      { ...meet('fast', 1), next: [onSuccess('joined', 'mark'), again] },
      meet('mark', 1),
      { ...meet('slow', EARLIER), next: [onSuccess('joined')] },
      { ...task(ctx, 'joined', 'append-ledger'), join: 2 },
    ],
    { vars: { rounds: 1 } },
  );

  await expectRunsAtEnd(ctx, id, 'completed', { head: 2, fast: 2, slow: 2, joined: 2 });

  const children = await ctx.client.executions.children(id);
  const joined = children.filter(({ workflow_task: of }) => of?.task_name === 'joined');
  expect(joined.map(({ workflow_task: of }) => of?.round)).toEqual([1, 2]);
});

claim('T2.18c', NEEDS, 'each round has its own items, retries and last result', async (ctx) => {
  await ctx.pack('e2e');
  const input = { round: '{{ workflow.round }}', before: '{{ task.each.items | default([]) | length }}' };
  const again = { when: '{{ workflow.round == 1 }}', publish: [{ round: 2 }], do: ['flaky'] };
  const flaky = task(ctx, 'flaky', 'fail-n-times', { n: 1 }, onSuccess('each'));
  const each = task(ctx, 'each', 'echo-params', input);
  const id = await startWorkflow(
    ctx,
    [
      { ...flaky, retry: { count: 1, delay: 0 } },
      { ...each, with_items: '{{ range(2) }}', next: [again] },
    ],
    { vars: { round: 1 }, output_map: { last: '{{ [task.each.items[0].params, task.each.items[1].params] }}' } },
  );

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const described = children.map(({ workflow_task: of, status }) =>
    [of?.task_name, of?.round, of?.task_index ?? '-', of?.retry_count, status].join(' '),
  );
  expect(described.sort()).toEqual([
    'each 1 0 0 completed',
    'each 1 1 0 completed',
    'each 2 0 0 completed',
    'each 2 1 0 completed',
    'flaky 1 - 0 failed',
    'flaky 1 - 1 completed',
    'flaky 2 - 0 completed', // its program has failed once already
  ]);
  const second = { round: 2, before: 2 };
  expect(result).toMatchObject({ last: [second, second] });
});

/** How often a task may start. */
function roundLimit({ facts }: Context): number {
  const declared = facts.capabilities['workflows.loops'];
  return typeof declared === 'object' ? Number(declared.rounds) : NaN;
}

claim('T2.18d', ['workflows.loops'], 'a loop without an end fails with LOOP_LIMIT', async (ctx) => {
  const again = { name: 'again', action: 'core.noop', next: [{ do: ['again'] }] };
  const id = await startWorkflow(ctx, [again]);

  const { result } = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  expect(result).toMatchObject({ succeeded: false, code: 'LOOP_LIMIT' });
  const failed = (await ctx.client.executions.children(id)).filter(({ status }) => status === 'failed');
  const last = onlyChildOfTask('again', failed);
  expect(last.workflow_task?.round).toBe(roundLimit(ctx) + 1);
  expect((await ctx.client.executions.get(last.id)).result).toMatchObject({ code: 'LOOP_LIMIT' });
});

claim('T2.18e', NEEDS, 'arrivals of different rounds do not meet a join that leads back', async (ctx) => {
  await ctx.pack('e2e');
  const inRound = (when: string, next: number, ...names: string[]) => ({
    when: `{{ workflow.round ${when} }}`,
    publish: [{ next }],
    do: names,
  });
  const step = (name: string, ...next: object[]) => ({ ...task(ctx, name, 'append-ledger'), next });
  const id = await startWorkflow(
    ctx,
    [
      step('head', { publish: [{ round: '{{ workflow.next }}' }], do: ['left'] }),
      step('left', inRound('== 2', 3, 'right'), inRound('!= 2', 0, 'joined', 'right')),
      step('right', inRound('== 1', 2, 'head'), inRound('== 2', 3, 'joined', 'head'), inRound('>= 3', 4, 'joined')),
      { ...step('joined', inRound('== 3', 4, 'head')), join: 2 },
    ],
    { vars: { next: 1 } },
  );

  const rounds = { head: 4, left: 4, right: 4, joined: 2 };
  await expectRunsAtEnd(ctx, id, 'completed', rounds);

  const names = (await ctx.client.executions.children(id)).map(({ workflow_task: of }) => of?.task_name);
  const round = ['head', 'left', 'right'];
  expect(names).toEqual([...round, ...round, ...round, 'joined', ...round, 'joined']);
});

claim('T2.18f', NEEDS, 'a loop that begins at two tasks runs both in each round', async (ctx) => {
  await ctx.pack('e2e');
  const step = (name: string, ...next: object[]) => ({ ...task(ctx, name, 'append-ledger'), next });
  const again = { when: '{{ workflow.n < 3 }}', publish: [{ n: '{{ workflow.n + 1 }}' }], do: ['left', 'right'] };
  const id = await startWorkflow(
    ctx,
    [
      step('start', onSuccess('left', 'right')),
      step('left', onSuccess('joined')),
      step('right', onSuccess('joined')),
      { ...step('joined', again), join: 2 },
    ],
    { vars: { n: 1 } },
  );

  const counts = { start: 1, left: 3, right: 3, joined: 3 };
  await expectRunsAtEnd(ctx, id, 'completed', counts);

  const names = (await ctx.client.executions.children(id)).map(({ workflow_task: of }) => of?.task_name);
  const round = ['left', 'right', 'joined'];
  expect(names).toEqual(['start', ...round, ...round, ...round]);
});
