// Spec: a workflow that runs again from a task has what ended before it, and repeats none of that.
import { claim } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { startWithInquiry } from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask, onApproval } from '../../../helpers/scenario/resources/inquiry-task';
import { itemsOf } from '../../../helpers/scenario/resources/list-task';
import { failingOnce, rerunToEnd, runToFailure, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { childOf, countExecutions, paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'executions.log', 'ledger.shared'];

claim('T2.25a', NEEDS, 'a rerun from a failed task has the results before it', async (ctx) => {
  await ctx.pack('e2e');
  const publish = { publish: [{ made: '{{ result().params.word }}' }] };
  const read = { from: '{{ task.first.attempt }} {{ workflow.made }} {{ result().attempt }}' };
  const tasks = [
    task(ctx, 'first', 'exit-by-attempt', { exits: '0', word: 'w' }, { ...onSuccess('second'), ...publish }),
    failingOnce(ctx, 'second', read, onSuccess('third')),
    task(ctx, 'third', 'echo-params', { from: '{{ workflow.made }}' }),
  ];
  const id = await runToFailure(ctx, tasks, { output_map: { of: '{{ task.first.attempt }}' } });
  const earlier = await ctx.client.executions.get(id);
  const definition = { version: '2.0.0', tasks: [noopTask('other')] };
  await ctx.client.workflows.update(earlier.action_ref, { definition });

  const rerun = await rerunToEnd(ctx, id, 'second');

  expect(await ctx.client.executions.get(id)).toEqual(earlier);
  expect(rerun.result).toEqual({ succeeded: true, of: 1 });
  expect((await childOf(ctx, rerun.id, 'second')).config).toMatchObject({ from: '1 w 1' });
  expect(await paramsOf(ctx, rerun.id, 'third')).toMatchObject({ from: 'w' });
  expect(runCounts(ctx, 'first', 'second', 'third')).toEqual({ first: 1, second: 2, third: 1 });
});

claim('T2.25b', NEEDS, 'a rerun shows where it began, and what it took over', async (ctx) => {
  await ctx.pack('e2e');
  const input = { key: `${ctx.ledgerInput('first').key}-{{ index }}`, n: '{{ item }}' };
  const list = task(ctx, 'first', 'fail-n-times', input, onSuccess('middle'));
  const tasks = [
    { ...list, with_items: [1, 0], retry: { count: 1, delay: 0 } },
    task(ctx, 'middle', 'append-ledger', {}, onSuccess('second')),
    failingOnce(ctx, 'second'),
  ];
  const id = await runToFailure(ctx, tasks);
  const last = (await itemsOf(ctx, id, 'first')).filter(({ status }) => status === 'completed');
  const middle = await childOf(ctx, id, 'middle');

  const rerun = await rerunToEnd(ctx, id, 'second');

  const of = { rerun_of: { execution: id, task: 'second' }, parent: null };
  const [newest, earlier] = await ctx.client.executions.list({ action_ref: rerun.action_ref });
  const { taken_over: takenOver, children } = await ctx.client.executions.tree(rerun.id);
  const log = await until(logToEnd(ctx.client, rerun.id), ctx.deadline);
  expect([rerun, newest]).toMatchObject([of, { id: rerun.id, ...of }]);
  expect([earlier!.id, earlier!.rerun_of]).toEqual([id, undefined]);
  const ends = [
    { task: 'first', status: 'completed', executions: last.map((item) => item.id) },
    { task: 'middle', status: 'completed', executions: [middle.id] },
  ];
  expect(takenOver).toEqual(
    ends.map(({ task: task_name, ...end }, n) => ({ task_name, round: 1, triggered_by: [null, 'first'][n], ...end })),
  );
  expect(children.map(({ workflow_task: of }) => [of!.task_name, of!.triggered_by])).toEqual([['second', 'middle']]);
  const entries = log.filter(({ execution }) => execution === rerun.id).map(({ type, payload }) => [type, payload]);
  expect(entries).toEqual([
    ['EXECUTION_STARTED', expect.anything()],
    ...ends.map((end) => ['STEP_TAKEN_OVER', end]),
    ['STEP_STARTED', { task: 'second' }],
    ['STEP_COMPLETED', { task: 'second' }],
    ['EXECUTION_COMPLETED', expect.anything()],
  ]);
});

claim('T2.25c', [...NEEDS, 'inquiries.ask'], 'a rerun after an approval asks for no other one', async (ctx) => {
  await ctx.pack('e2e');
  const deploy = failingOnce(ctx, 'deploy', { who: '{{ task.gate.response.who }}' });
  const { id, inquiry } = await startWithInquiry(ctx, [inquiryTask({}, { next: [onApproval('deploy')] }), deploy]);
  await ctx.client.inquiries.respond(inquiry.id, { approved: true, who: ctx.nonce });
  await waitForStatus(ctx, id, 'failed');

  const rerun = await rerunToEnd(ctx, id, 'deploy');

  expect(await takenOverBy(ctx, rerun.id)).toEqual(['gate completed']);
  expect((await childOf(ctx, rerun.id, 'deploy')).config).toMatchObject({ who: ctx.nonce });
  const children = await ctx.client.executions.children(rerun.id);
  expect(children.map(({ action_ref }) => action_ref)).toEqual([deploy.action]);
  expect(await ctx.client.inquiries.ofExecution(inquiry.execution)).toHaveLength(1);
});

claim('T2.25d', NEEDS, 'a rerun of a rerun begins before, or after, the task of that', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = [
    task(ctx, 'first', 'exit-by-attempt', { exits: '0' }, onSuccess('second')),
    task(ctx, 'second', 'exit-by-attempt', { exits: '0' }, onSuccess('third')),
    task(ctx, 'third', 'fail-n-times', { n: 2, from: '{{ task.first.attempt }} {{ task.second.attempt }}' }),
  ];
  const id = await runToFailure(ctx, tasks);
  const again = await rerunToEnd(ctx, id, 'third', {}, 'failed');

  const before = await rerunToEnd(ctx, again.id, 'second');
  const after = await rerunToEnd(ctx, before.id, 'third');

  expect(await takenOverBy(ctx, before.id)).toEqual(['first completed']);
  expect(await takenOverBy(ctx, after.id)).toEqual(['first completed', 'second completed']);
  const froms = await Promise.all([before, after].map(async (each) => (await childOf(ctx, each.id, 'third')).config));
  expect(froms).toMatchObject([{ from: '1 2' }, { from: '1 2' }]);
  expect(runCounts(ctx, 'first', 'second', 'third')).toEqual({ first: 1, second: 2, third: 4 });
  expect(await countExecutions(ctx, after.action_ref)).toBe(4);
});
