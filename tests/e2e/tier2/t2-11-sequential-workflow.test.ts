// Spec: no task starts before all it depends on have succeeded.
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { IN_BOTH_CLOCKS, lengthMs, overlap, precedes, run, wit } from '../../../helpers/intervals';
import { only, statusByTask } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, task, type Task, type WorkflowParts } from '../../../helpers/workflow';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const start = async (ctx: Context, tasks: Task[], parts: WorkflowParts = {}): Promise<number> => {
  const { ref } = await ctx.workflow(tasks, parts);
  return (await ctx.client.executions.execute({ action_ref: ref })).id;
};

const runsOf = (ctx: Context, name: string): number => ctx.ledger.count(ctx.signed(name).key);

claim('T2.11a', NEEDS, 'A, B, C run one after another and hand data on', async (ctx) => {
  await ctx.pack('e2e');
  const add = (letter: string, text: string, ...then: string[]) =>
    task(ctx, letter, 'add-letter', { text, letter, hold_ms: 150 }, onSuccess(...then));
  const tasks = [add('A', ctx.nonce, 'B'), add('B', '{{ task.A.text }}', 'C'), add('C', '{{ task.B.text }}')];
  const id = await start(ctx, tasks, { output_map: { text: '{{ task.C.text }}' } });

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C] = ['A', 'B', 'C'].map((name) => only(name, children));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  expect(precedes(A!, B!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect(precedes(B!, C!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect((await ctx.client.executions.get(C!.id)).result).toMatchObject({ data: { text: `${ctx.nonce}ABC` } });
  expect(root.result).toEqual({ succeeded: true, text: `${ctx.nonce}ABC` });
  expect(run(root).start).toBeLessThanOrEqual(run(A!).start);
  expect(run(root).finish).toBeGreaterThanOrEqual(run(C!).finish);
});

const DIAMOND = [...NEEDS, 'workflows.join', 'workers.slots'];

claim('T2.11b', DIAMOND, 'a diamond joins once, after both legs', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  const leg = (name: string, hold_ms: number) =>
    task(ctx, name, 'meet-then-hold', { room, n: 2, hold_ms, item: `${ctx.nonce}-${name}` }, onSuccess('D'));
  const joined = task(ctx, 'D', 'echo-params', { b: '{{ task.B.item }}', c: '{{ task.C.item }}' });
  const first = task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C'));
  const id = await start(ctx, [first, leg('B', 50), leg('C', 350), { ...joined, join: 2 }]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C, D] = ['A', 'B', 'C', 'D'].map((name) => only(name, children));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed', D: 'completed' });
  expect(precedes(A!, B!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect(precedes(A!, C!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  expect([overlap([B!, C!].map(run)), overlap([B!, C!].map((child) => wit(child, ctx.ledger)))]).toEqual([2, 2]);
  expect(run(B!).finish).toBeLessThan(run(C!).finish);
  expect(precedes(C!, D!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
  const { result } = await ctx.client.executions.get(D!.id);
  expect(result).toMatchObject({
    data: { params: { ...ctx.signed('D'), b: `${ctx.nonce}-B`, c: `${ctx.nonce}-C` } },
  });
});

claim('T2.11c', NEEDS, 'a failing middle task leaves the last one unborn', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 5 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => runsOf(ctx, 'C'), 0, ended, ctx.quietMs, ctx.deadline);

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed' });
  expect((await ctx.client.executions.get(only('B', children).id)).result).toMatchObject({ exit_code: 5 });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});

const JOINS = [...NEEDS, 'workflows.join'];

claim('T2.11d', JOINS, 'a join with a failed leg never runs; the healthy leg is not cut', async (ctx) => {
  await ctx.pack('e2e');
  const id = await start(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C')),
    task(ctx, 'B', 'exit-with', { code: 6 }, onSuccess('D')),
    task(ctx, 'C', 'sleep-for', { ms: 300 }, onSuccess('D')),
    { ...task(ctx, 'D', 'append-ledger'), join: 2 },
  ]);

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => runsOf(ctx, 'D'), 0, ended, ctx.quietMs, ctx.deadline);

  const root = await ctx.client.executions.get(id);
  const children = await ctx.client.executions.children(id);
  const C = only('C', children);
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed', C: 'completed' });
  expect(lengthMs(wit(C, ctx.ledger))).toBeGreaterThanOrEqual(300);
  expect(run(root).finish).toBeGreaterThanOrEqual(run(C).finish);
  expect(root.result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: B' });
});
