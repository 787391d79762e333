// Spec: a failed task fails the workflow or starts its failure branch; parallel tasks still run.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { childrenByTask, expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import {
  attemptsOf,
  childOf,
  expectRunsAtEnd,
  paramsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';
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

claim('T2.2d', [...NEEDS, 'workers.slots'], 'parallel siblings finish when one branch fails', async (ctx) => {
  await ctx.pack('e2e');
  const meeting = { room: `${ctx.ledger.path}.room`, n: 3, hold_ms: 0 };
  const siblings = ['P1', 'P3'].map((name) => task(ctx, name, 'wait-for-peers', meeting));
  const id = await startWorkflow(ctx, [...siblings, task(ctx, 'P2', 'exit-with', { code: 1 })]);
  const hasFailed = async () => (await attemptsOf(ctx, id, 'P2'))[0]?.status === 'failed';
  await until(predicateToHold('P2 to be failed', hasFailed), ctx.deadline);

  await runToEnd(ctx, 'wait-for-peers', { ...ctx.ledgerInput('last'), ...meeting }); // P1 and P3 end after it
  const root = await waitForStatus(ctx, id, 'failed');

  await expectTasks(ctx, id, { P1: 'completed', P2: 'failed', P3: 'completed' });
  const finishes = (await childrenByTask(ctx, id, 'P1', 'P2', 'P3')).map((child) => recordedInterval(child).finish);
  const [P1, P2, P3] = finishes;
  expect(P2).toBeLessThan(Math.min(P1!, P3!));
  expect(workflowInterval(root).finish).toBeGreaterThanOrEqual(Math.max(P1!, P3!));
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
    { name: 'T', action: '{{ "core.noop" }}' }, // not rendered
    task(ctx, 'S', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { F: 1, S: 0 });

  await expectFailedBy(ctx, id, 'F', 'R', 'T');
});
