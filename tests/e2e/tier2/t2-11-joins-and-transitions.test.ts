// Spec: a task starts by its transitions: after all predecessors of a join, or by a condition.
import { claim } from '../../../helpers/scenario/claim';
import type { Context } from '../../../helpers/scenario/context';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { durationMs, ledgerInterval, recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { childrenByTask, expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, expectRunsAtEnd, paramsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, parallelTask, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const DIAMOND = [...NEEDS, 'workflows.join', 'workers.slots'];

/** A → B and C → D, a join. C ends after E starts, which B starts. */
const diamondTasks = (ctx: Context): Task[] => {
  const room = `${ctx.ledger.path}.room`;
  const meet = (name: string, n: number, ...then: string[]) =>
    task(ctx, name, 'wait-for-peers', { room, n, hold_ms: 50, item: `${ctx.nonce}-${name}` }, onSuccess(...then));
  const input = { b: '{{ task.B.item }}', c: '{{ task.C.item }}', last: '{{ result().item }}' };
  const first = task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C'));
  const branches = [meet('B', 2, 'D', 'E'), meet('C', 3, 'D'), meet('E', 3)];
  return [first, ...branches, { ...task(ctx, 'D', 'echo-params', input), join: 2 }];
};

claim('T2.11b', DIAMOND, 'a join of two branches starts once, after both', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, diamondTasks(ctx));

  await waitForStatus(ctx, id);

  const names = ['A', 'B', 'C', 'D', 'E'];
  await expectTasks(ctx, id, Object.fromEntries(names.map((name) => [name, 'completed'])));
  const [A, B, C, D] = await childrenByTask(ctx, id, ...names);
  expectOrder(ctx, [A!, B!]);
  expectOrder(ctx, [A!, C!, D!]);
  expectConcurrent(ctx, [B!, C!]);
  expect(recordedInterval(B!).finish).toBeLessThan(recordedInterval(C!).finish);
  const [b, c] = [`${ctx.nonce}-B`, `${ctx.nonce}-C`];
  expect(await paramsOf(ctx, id, 'D')).toEqual({ ...ctx.ledgerInput('D'), b, c, last: c });
  expect([A, B, C, D].map((child) => child!.workflow_task?.triggered_by ?? null)).toEqual([null, 'A', 'A', 'C']);
});

const JOINS = [...NEEDS, 'workflows.join'];

claim('T2.11d', JOINS, 'a join with a failed branch never starts', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B', 'C')),
    task(ctx, 'B', 'exit-with', { code: 6 }, onSuccess('D'), { do: ['E'] }, { do: ['E'] }),
    task(ctx, 'C', 'sleep-for', { ms: 300 }, onSuccess('D')),
    { ...task(ctx, 'D', 'append-ledger'), join: 2 },
    { ...task(ctx, 'E', 'append-ledger'), join: 2 }, // B counts once: never starts, so handles nothing
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { D: 0, E: 0 });

  await expectTasks(ctx, id, { A: 'completed', B: 'failed', C: 'completed' });
  await expectFailedBy(ctx, id, 'B');
  const C = await childOf(ctx, id, 'C');
  expect(durationMs(ledgerInterval(C, ctx.ledger))).toBeGreaterThanOrEqual(300);
  const { finish } = workflowInterval(await ctx.client.executions.get(id));
  expect(finish).toBeGreaterThanOrEqual(recordedInterval(C).finish);
});

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

claim('T2.11e', BRANCHES, 'a parallel task ends after its last subtask, failed if one failed', async (ctx) => {
  await ctx.pack('e2e');
  const fails = { code: 3, out: '{"why":"full"}' };
  const skipped = { ...task(ctx, 'O', 'append-ledger'), when: '{{ false }}' };
  const subtasks = [task(ctx, 'P', 'sleep-for', { ms: 300 }), task(ctx, 'Q', 'exit-with', fails), skipped];
  const codes = ['{{ task.both.P.exit_code }}', '{{ result().Q.exit_code }}'];
  const whole = ctx.canProve('executions.log') ? { parts: '{{ keys(result()) }}' } : {};
  const id = await startWorkflow(ctx, [
    parallelTask('both', subtasks, onSuccess('S'), onFailure('R')),
    task(ctx, 'S', 'append-ledger'),
    task(ctx, 'R', 'echo-params', { codes, why: '{{ result().Q.why }}', ...whole }),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });

  await expectTasks(ctx, id, { P: 'completed', Q: 'failed', R: 'completed' });
  expectOrder(ctx, await childrenByTask(ctx, id, 'P', 'R'));
  expect(await paramsOf(ctx, id, 'R')).toEqual({
    ...ctx.ledgerInput('R'),
    codes: [0, 3],
    why: 'full',
    ...('parts' in whole && { parts: ['P', 'Q'] }),
  });
});

const OLDER_KEYS = { on_success: 'X', on_failure: 'C', on_timeout: 'X', on_complete: 'E' };
const DECISION = [
  { next: 'X', default: true },
  { when: '{{ vars.got == "none" }}', next: 'X' },
  { when: '{{ vars.got == "key" }}', next: 'D' },
];

claim('T2.11f', BRANCHES, 'the older transition keys start the same branches', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = [
    { ...task(ctx, 'A', 'append-ledger'), on_success: 'B', on_failure: 'X', publish: [{ got: 'key' }] },
    { ...task(ctx, 'B', 'exit-with', { code: 4 }), ...OLDER_KEYS },
    { ...task(ctx, 'C', 'append-ledger'), decision: DECISION },
    { ...task(ctx, 'G', 'append-ledger', {}, onSuccess('H')), on_success: 'X' }, // not beside `next`
    ...['D', 'E', 'H', 'X'].map((name) => task(ctx, name, 'append-ledger')),
  ];
  const id = await startWorkflow(ctx, tasks, { vars: { got: 'none' } });

  await expectRunsAtEnd(ctx, id, 'completed', { X: 0 });

  const completed = ['A', 'C', 'D', 'E', 'G', 'H'].map((name): [string, string] => [name, 'completed']);
  await expectTasks(ctx, id, { ...Object.fromEntries(completed), B: 'failed' });
});

/**
 * Stores a true and a false key, and one with the nonce, for a pack. Returns the first parts of
 * their refs.
 */
const storeFlags = async (ctx: Context, pack: string) => {
  const [flags, texts] = ['flags', 'texts'].map((part) => ctx.name(part).replaceAll('-', '_'));
  await storeKey(ctx, { ref: `${flags}.on`, name: 'on', value: true, ...ownedByPack(pack) });
  await storeKey(ctx, { ref: `${flags}.off`, name: 'off', value: false, ...ownedByPack(pack) });
  await storeKey(ctx, { ref: `${texts}.one`, name: 'one', value: ctx.nonce, ...ownedByPack(pack) });
  return { flags: flags!, texts: texts! };
};

claim('T2.11g', [...NEEDS, 'workflows.keystore'], 'the condition of a transition reads a stored key', async (ctx) => {
  await ctx.pack('e2e');
  const { flags, texts } = await storeFlags(ctx, await ctx.ownPack());
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

  await expectTasks(ctx, id, { A: 'completed', Y: 'completed' });
});
