// Spec: a rerun that is refused stores nothing.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { gatedTask, openGate } from '../../../helpers/scenario/resources/paused-workflows';
import { failingOnce, rerunToEnd, runToFailure } from '../../../helpers/scenario/resources/reruns';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import { countExecutions, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, parallelTask } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'ledger.shared'];

/** What is refused, and how. Each execution is of a workflow `flow` but the last. */
async function refusedReruns(ctx: Context) {
  const group = parallelTask('group', [noopTask('inner')]);
  const failed = [failingOnce(ctx, 'first', {}, onSuccess('later')), noopTask('later'), group];
  const id = await runToFailure(ctx, failed);
  const running = await startWorkflow(ctx, [gatedTask(ctx, 'open')], { name: 'open' });
  ctx.defer(() => openGate(ctx));
  const action = await runAction(ctx, 'core.noop');
  const at = (details: object) => ({ details });
  const conflict = (code: string) => ({ status: 409, code });
  const unknown = { status: 422, code: 'RERUN_TASK_UNKNOWN' };
  return [
    [2 ** 40, 'first', { status: 404, code: 'NOT_FOUND' }],
    [action.id, 'first', { ...conflict('EXECUTION_HAS_NO_STEPS'), body: at({ path: '/id' }) }],
    [running, 'open', { ...conflict('RERUN_NEEDS_ENDED'), body: at({ path: '/id', status: 'running' }) }],
    [id, 'frist', { ...unknown, reason: expect.stringContaining("Did you mean 'first'?") as string }],
    [id, 'inner', { ...unknown, body: at({ path: '/from', hint: "give 'group': its tasks run again together" }) }],
    [id, 'later', { ...conflict('RERUN_TASK_NOT_REACHED'), body: at({ path: '/from' }) }],
  ] as const;
}

claim('T2.25l', NEEDS, 'a rerun that cannot be is refused, and stores nothing', async (ctx) => {
  await ctx.pack('e2e');
  const refused = await refusedReruns(ctx);
  const [id] = refused[3];
  const { action_ref: ref } = await ctx.client.executions.get(id);
  const count = async () => (await ctx.client.executions.list({ pack_name: ref.split('.')[0]! })).length;
  const before = await count();

  for (const [id, from, error] of refused)
    await expect(ctx.client.executions.rerun(id, { from })).rejects.toMatchObject(error);
  const more = { from: 'first', parameters: { more: 1 }, to: 'later' };
  const unknownKey = { status: 422, reason: expect.stringContaining('must not have to') as string };
  await expect(ctx.client.executions.rerun(id, more)).rejects.toMatchObject(unknownKey);

  expect(await count()).toBe(before);
});

claim('T2.25m', [...NEEDS, 'rbac', 'tenants'], 'a rerun needs the rights to read and to execute', async (ctx) => {
  await ctx.pack('e2e');
  const id = await runToFailure(ctx, [failingOnce(ctx, 'first')]);
  const { action_ref: ref } = await ctx.client.executions.get(id);
  const viewer = await createUserClient(ctx, 'core.viewer');
  const other = await createTestTenant(ctx, 'other');

  const request = { from: 'first' };
  await expect(viewer.executions.rerun(id, request)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(other.client.executions.rerun(id, request)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });

  expect(await countExecutions(ctx, ref)).toBe(1);
  await rerunToEnd(ctx, id, 'first');
  expect(await countExecutions(ctx, ref)).toBe(2);
});
