// Spec: a failed task fails the workflow or starts its failure branch; parallel tasks still run.
import { claim } from '../../../helpers/scenario/claim';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { durationMs, ledgerInterval, recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { childrenByTask, expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { childOf, expectRunsAtEnd, paramsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

claim('T2.2a', NEEDS, 'a failed second task fails the workflow; the third never starts', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 3 }, onSuccess('C')),
    task(ctx, 'C', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { A: 1, B: 1, C: 0 });

  await expectTasks(ctx, id, { A: 'completed', B: 'failed' });
  expect((await childOf(ctx, id, 'B')).result).toMatchObject({ exit_code: 3 });
  await expectFailedBy(ctx, id, 'B');
});

claim('T2.2b', BRANCHES, 'a failure branch runs recovery and the workflow completes', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'A', 'append-ledger', {}, onSuccess('B')),
    task(ctx, 'B', 'exit-with', { code: 4 }, onFailure('R'), onSuccess('S')),
    task(ctx, 'R', 'echo-params', { code: '{{ result().exit_code }}' }),
    task(ctx, 'S', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0 });

  const children = await ctx.client.executions.children(id);
  const [B, R] = [onlyChildOfTask('B', children), onlyChildOfTask('R', children)];
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'failed', R: 'completed' });
  expectOrder(ctx, [B, R]);
  expect(await paramsOf(ctx, id, 'R')).toEqual({ ...ctx.ledgerInput('R'), code: 4 });
  expect(await ctx.client.executions.get(B.id)).toMatchObject({ status: 'failed', result: { exit_code: 4 } });
});

/** Of the siblings of a task that fails: its program starts within this also on a busy host. */
const SIBLING_MS = 3_000;

claim('T2.2d', [...NEEDS, 'workers.slots'], 'parallel siblings finish when one branch fails', async (ctx) => {
  ctx.plan(SIBLING_MS);
  await ctx.pack('e2e');
  const sleeping = ['P1', 'P3'].map((name) => task(ctx, name, 'sleep-for', { ms: SIBLING_MS }));
  const id = await startWorkflow(ctx, [...sleeping, task(ctx, 'P2', 'exit-with', { code: 1 })]);

  const root = await waitForStatus(ctx, id, 'failed');

  await expectTasks(ctx, id, { P1: 'completed', P2: 'failed', P3: 'completed' });
  const [P1, P2, P3] = (await childrenByTask(ctx, id, 'P1', 'P2', 'P3')).map((child) => ({
    finish: recordedInterval(child).finish,
    ranMs: durationMs(ledgerInterval(child, ctx.ledger)),
  }));
  expect(Math.min(P1!.ranMs, P3!.ranMs)).toBeGreaterThanOrEqual(SIBLING_MS);
  expect(P2!.finish).toBeLessThan(P1!.finish);
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(Math.max(P1!.finish, P3!.finish));
  await expectFailedBy(ctx, id, 'P2');
});

claim('T2.2e', BRANCHES, 'an unhandled failure after a handled one fails the workflow', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'F1', 'exit-with', { code: 1 }, onFailure('R')),
    task(ctx, 'R', 'append-ledger', {}, onSuccess('F2', 'F3')),
    task(ctx, 'F2', 'exit-with', { code: 2 }, onSuccess('Z')),
    task(ctx, 'F3', 'exit-with', { code: 3 }, onSuccess('Z')),
    task(ctx, 'Z', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { Z: 0 });

  await expectTasks(ctx, id, { F1: 'failed', R: 'completed', F2: 'failed', F3: 'failed' });
  await expectFailedBy(ctx, id, 'F2', 'F3');
});

claim('T2.2i', BRANCHES, 'a failure branch that cannot start handles nothing', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    task(ctx, 'F', 'exit-with', { code: 1 }, onFailure('R'), onSuccess('S')),
    { name: 'R', action: `${await ctx.ownPack()}.no-such-action` },
    task(ctx, 'S', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { F: 1, S: 0 });

  await expectFailedBy(ctx, id, 'F', 'R');
});
