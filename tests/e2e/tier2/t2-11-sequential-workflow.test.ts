// Spec: no task starts before all tasks that it depends on have succeeded.
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval, ledgerInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { until } from '../../../helpers/scenario/polling';
import { onFailure, onSuccess, parallelTask, task } from '../../../helpers/scenario/resources/workflow-task';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { childOf, expectRunsAtEnd, paramsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['executions.intervals', 'ledger.shared'];

claim('T2.11a', NEEDS, 'tasks A, B and C run in order and pass data on', async (ctx) => {
  await ctx.pack('e2e');
  const add = (letter: string, text: string, ...then: string[]) =>
    task(ctx, letter, 'add-letter', { text, letter, hold_ms: 150 }, onSuccess(...then));
  const tasks = [add('A', ctx.nonce, 'B'), add('B', '{{ task.A.text }}', 'C'), add('C', '{{ task.B.text }}')];
  const id = await startWorkflow(ctx, tasks, { output_map: { text: '{{ task.C.text }}' } });

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C] = ['A', 'B', 'C'].map((name) => onlyChildOfTask(name, children));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  expectOrder(ctx, [A!, B!, C!]);
  expect((await ctx.client.executions.get(C!.id)).result).toMatchObject({ data: { text: `${ctx.nonce}ABC` } });
  expect(root.result).toEqual({ succeeded: true, text: `${ctx.nonce}ABC` });
  expect(workflowInterval(root).start).toBeLessThanOrEqual(recordedInterval(A!).start);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(recordedInterval(C!).finish);
});

const DIAMOND = [...NEEDS, 'workflows.join', 'workers.slots'];

claim('T2.11b', DIAMOND, 'a join of two branches starts once, after both', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  const branchTask = (name: string, hold_ms: number) =>
    task(ctx, name, 'meet-then-hold', { room, n: 2, hold_ms, item: `${ctx.nonce}-${name}` }, onSuccess('D'));
  const joinTask = task(ctx, 'D', 'echo-params', { b: '{{ task.B.item }}', c: '{{ task.C.item }}' });
  const first = task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C'));
  const id = await startWorkflow(ctx, [first, branchTask('B', 50), branchTask('C', 450), { ...joinTask, join: 2 }]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C, D] = ['A', 'B', 'C', 'D'].map((name) => onlyChildOfTask(name, children));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed', D: 'completed' });
  expectOrder(ctx, [A!, B!]);
  expectOrder(ctx, [A!, C!]);
  expectConcurrent(ctx, [B!, C!]);
  expect(recordedInterval(B!).finish).toBeLessThan(recordedInterval(C!).finish);
  expectOrder(ctx, [C!, D!]);
  const received = { ...ctx.ledgerInput('D'), b: `${ctx.nonce}-B`, c: `${ctx.nonce}-C` };
  expect(await paramsOf(ctx, id, 'D')).toEqual(received);
});

claim('T2.11c', NEEDS, 'the task after a failed task is not started', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 5 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { C: 0 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed' });
  expect((await childOf(ctx, id, 'B')).result).toMatchObject({ exit_code: 5 });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});

const JOINS = [...NEEDS, 'workflows.join'];

claim('T2.11d', JOINS, 'a join with a failed branch never starts', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C')),
    task(ctx, 'B', 'exit-with', { code: 6 }, onSuccess('D'), { do: ['E'] }),
    task(ctx, 'C', 'sleep-for', { ms: 300 }, onSuccess('D')),
    { ...task(ctx, 'D', 'append-ledger'), join: 2 },
    { ...task(ctx, 'E', 'append-ledger'), join: 2 }, // never starts, and so does not handle the failure
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { D: 0, E: 0 });

  const root = await ctx.client.executions.get(id);
  const children = await ctx.client.executions.children(id);
  const C = onlyChildOfTask('C', children);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed', C: 'completed' });
  expect(durationMs(ledgerInterval(C, ctx.ledger))).toBeGreaterThanOrEqual(300);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(recordedInterval(C).finish);
  expect(root.result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

claim('T2.11e', BRANCHES, 'a parallel task ends after its last subtask, failed if one failed', async (ctx) => {
  await ctx.pack('e2e');
  const fails = { code: 3, out: '{"why":"full"}' };
  const subtasks = [task(ctx, 'P', 'sleep-for', { ms: 300 }), task(ctx, 'Q', 'exit-with', fails)];
  const codes = ['{{ task.both.P.exit_code }}', '{{ result().Q.exit_code }}'];
  const id = await startWorkflow(ctx, [
    parallelTask('both', subtasks, onSuccess('S'), onFailure('R')),
    task(ctx, 'S', 'append-ledger'),
    task(ctx, 'R', 'echo-params', { codes, why: '{{ result().Q.why }}' }),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ P: 'completed', Q: 'failed', R: 'completed' });
  expectOrder(ctx, [onlyChildOfTask('P', children), onlyChildOfTask('R', children)]);
  expect(await paramsOf(ctx, id, 'R')).toEqual({ ...ctx.ledgerInput('R'), codes: [0, 3], why: 'full' });
});

claim('T2.11f', BRANCHES, 'the older transition keys start the same branches', async (ctx) => {
  await ctx.pack('e2e');
  const decision = [
    { when: '{{ vars.got == "none" }}', next: 'X' },
    { next: 'X', default: true },
    { when: '{{ vars.got == "key" }}', next: 'D' },
  ];
  const publish = [{ got: 'key' }];
  const id = await startWorkflow(
    ctx,
    [
      { ...task(ctx, 'A', 'append-ledger'), on_success: 'B', on_failure: 'X', publish },
      { ...task(ctx, 'B', 'exit-with', { code: 4 }), on_success: 'X', on_failure: 'C', on_complete: 'E' },
      { ...task(ctx, 'C', 'append-ledger'), decision },
      ...['D', 'E', 'X'].map((name) => task(ctx, name, 'append-ledger')),
    ],
    { vars: { got: 'none' } },
  );

  await expectRunsAtEnd(ctx, id, 'completed', { X: 0 });

  const [A, C, D, E] = Array<string>(4).fill('completed');
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ A, B: 'failed', C, D, E });
});
