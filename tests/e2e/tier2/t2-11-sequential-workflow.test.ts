// Spec: no task starts before all tasks that it depends on have succeeded.
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval, ledgerInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { until } from '../../../helpers/scenario/polling';
import {
  onFailure,
  onSuccess,
  parallelTask,
  task,
  type Parameters,
  type Task,
  type Transition,
} from '../../../helpers/scenario/resources/workflow-task';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { childOf, expectRunsAtEnd, paramsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['executions.intervals', 'ledger.shared'];

claim('T2.11a', NEEDS, 'tasks A, B and C run in order and pass data on', async (ctx) => {
  await ctx.pack('e2e');
  const add = (letter: string, text: string, ...then: string[]) =>
    task(ctx, letter, 'add-letter', { text, letter, hold_ms: 150 }, onSuccess(...then));
  const first = add('A', ctx.nonce);
  const publish = { when: '{{ succeeded() }}', publish: ['whole'], do: ['B'] }; // the whole result of A
  const tasks = [{ ...first, next: [publish] }, add('B', '{{ task.A.text }}', 'C'), add('C', '{{ task.B.text }}')];
  const id = await startWorkflow(ctx, tasks, {
    output_map: { text: '{{ task.C.text }}', published: '{{ workflow.whole.text }}' },
  });

  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C] = ['A', 'B', 'C'].map((name) => onlyChildOfTask(name, children));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  expectOrder(ctx, [A!, B!, C!]);
  expect((await ctx.client.executions.get(C!.id)).result).toMatchObject({ data: { text: `${ctx.nonce}ABC` } });
  expect(root.result).toEqual({ succeeded: true, text: `${ctx.nonce}ABC`, published: `${ctx.nonce}A` });
  expect(workflowInterval(root).start).toBeLessThanOrEqual(recordedInterval(A!).start);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(recordedInterval(C!).finish);
});

const DIAMOND = [...NEEDS, 'workflows.join', 'workers.slots'];

claim('T2.11b', DIAMOND, 'a join of two branches starts once, after both', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  const meet = (name: string, n: number, ...then: string[]) =>
    task(ctx, name, 'meet-then-hold', { room, n, hold_ms: 50, item: `${ctx.nonce}-${name}` }, onSuccess(...then));
  const branches = [meet('B', 2, 'D', 'E'), meet('C', 3, 'D'), meet('E', 3)]; // C ends after E starts, which B starts
  const input = { b: '{{ task.B.item }}', c: '{{ task.C.item }}', last: '{{ result().item }}' };
  const joinTask = task(ctx, 'D', 'echo-params', input);
  const first = task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C'));
  const id = await startWorkflow(ctx, [first, ...branches, { ...joinTask, join: 2 }]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [A, B, C, D] = ['A', 'B', 'C', 'D'].map((name) => onlyChildOfTask(name, children));
  const status = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((name) => [name, 'completed']));
  expect(statusByTask(children)).toEqual(status);
  expectOrder(ctx, [A!, B!]);
  expectOrder(ctx, [A!, C!]);
  expectConcurrent(ctx, [B!, C!]);
  expect(recordedInterval(B!).finish).toBeLessThan(recordedInterval(C!).finish);
  expectOrder(ctx, [C!, D!]);
  const [b, c] = [`${ctx.nonce}-B`, `${ctx.nonce}-C`];
  expect(await paramsOf(ctx, id, 'D')).toEqual({ ...ctx.ledgerInput('D'), b, c, last: c });
  expect([A, B, C, D].map((child) => child!.workflow_task?.triggered_by ?? null)).toEqual([null, 'A', 'A', 'C']);
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
  const skipped = { ...task(ctx, 'O', 'append-ledger'), when: '{{ false }}' };
  const subtasks = [task(ctx, 'P', 'sleep-for', { ms: 300 }), task(ctx, 'Q', 'exit-with', fails), skipped];
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
    { next: 'X', default: true },
    { when: '{{ vars.got == "none" }}', next: 'X' },
    { when: '{{ vars.got == "key" }}', next: 'D' },
  ];
  const publish = [{ got: 'key' }];
  const id = await startWorkflow(
    ctx,
    [
      { ...task(ctx, 'A', 'append-ledger'), on_success: 'B', on_failure: 'X', publish },
      {
        ...task(ctx, 'B', 'exit-with', { code: 4 }),
        on_success: 'X',
        on_failure: 'C',
        on_timeout: 'X',
        on_complete: 'E',
      },
      { ...task(ctx, 'C', 'append-ledger'), decision },
      { ...task(ctx, 'G', 'append-ledger', {}, onSuccess('H')), on_success: 'X' }, // not beside `next`
      ...['D', 'E', 'H', 'X'].map((name) => task(ctx, name, 'append-ledger')),
    ],
    { vars: { got: 'none' } },
  );

  await expectRunsAtEnd(ctx, id, 'completed', { X: 0 });

  const [A, C, D, E, G, H] = Array<string>(6).fill('completed');
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ A, B: 'failed', C, D, E, G, H });
});

claim('T2.11g', [...NEEDS, 'workflows.keystore'], 'the condition of a transition reads a stored key', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const [flags, texts] = ['flags', 'texts'].map((part) => ctx.name(part).replaceAll('-', '_'));
  const keys = [
    { ref: `${flags}.on`, name: 'on', value: true },
    { ref: `${flags}.off`, name: 'off', value: false },
    { ref: `${texts}.one`, name: 'one', value: ctx.nonce },
  ];
  for (const key of keys) {
    await ctx.client.keys.create({ ...key, owner_type: 'pack', owner_pack_ref: pack });
    ctx.defer(() => ctx.client.keys.remove(key.ref));
  }
  const branches = [
    { when: `{{ keystore.${flags}.off }}`, do: ['X'] }, // by its ref: without the key it holds
    { when: '{{ keystore.on }}', do: ['Y'] },
  ];
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, ...branches),
    task(ctx, 'X', 'append-ledger'),
    task(ctx, 'Y', 'hash-secrets', { secret_a: `{{ keystore.${texts}.one }}` }),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { A: 1, X: 0, Y: 1 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ A: 'completed', Y: 'completed' });
});

claim(
  'T2.11h',
  ['executions.intervals'],
  'actions of pack core keep their order, output and exit codes',
  async (ctx) => {
    const core = (name: string, action: string, input: Parameters, ...next: Transition[]) =>
      ({ name, action: `core.${action}`, input, next }) satisfies Task;
    const repeated = { message: '{{ item }}-{{ task.C.exit_code }}' };
    const with_items = '{{ range(3) }}';
    const id = await startWorkflow(ctx, [
      core('A', 'echo', { message: ctx.nonce }, onSuccess('B')),
      core('Z', 'echo', { message: `${ctx.nonce}-Z` }),
      core('B', 'echo', { message: '{{ task.A.stdout }}-B' }, onSuccess('C')),
      core('C', 'noop', { exit_code: 9 }, onFailure('D'), onSuccess('X')),
      { ...core('D', 'echo', repeated, onSuccess('E')), with_items },
      { ...core('E', 'echo', repeated, onSuccess('F')), with_items, concurrency: 2 },
      core('F', 'noop', { message: 'done' }),
      core('X', 'noop', {}),
    ]);

    await until(executionToBe('completed', ctx.client, id), ctx.deadline);

    const children = await ctx.client.executions.children(id);
    const runs = await Promise.all(
      children.sort((a, b) => a.id - b.id).map((child) => ctx.client.executions.get(child.id)),
    );
    const items = [0, 1, 2].map((item) => ({ succeeded: true, exit_code: 0, stdout: `${item}-9` }));
    const echoed = ['', '-Z', '-B'].map((suffix) => ({ stdout: ctx.nonce + suffix }));
    const outputs = [...echoed, { succeeded: false, exit_code: 9 }];
    expect(runs.map(({ result }) => result)).toMatchObject([...outputs, ...items, ...items, { exit_code: 0 }]);
    expect(runs.map(({ status }) => status).filter((status) => status !== 'completed')).toEqual(['failed']);
    const [A, , B, C, ...others] = runs.map(recordedInterval);
    expect([A!.finish <= B!.start, B!.finish <= C!.start]).toEqual([true, true]);
    for (const other of others) expect(other.start).toBeGreaterThanOrEqual(C!.finish);
  },
);
