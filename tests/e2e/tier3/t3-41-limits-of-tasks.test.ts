// Spec: a task has the rights of the saver of its workflow, and what its request leaves of others.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { itemsOf } from '../../../helpers/scenario/resources/list-task';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createEmptyPack } from '../support/empty-pack';
import { createTaskLimits, LIMIT_ROWS } from '../support/matrix/task-limits';

const NEEDS = ['rbac', 'tenants'];
const WITH_ITEMS = [...NEEDS, 'workflows.with_items'];

claim('T3.41b', NEEDS, 'a task runs what its saver may execute, or its executor by its request', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const limits = await createTaskLimits(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
  const endOf = async (id: number) => {
    await until(executionToEnd(client, id), ctx.deadline);
    const [flow] = await client.executions.children(id);
    const [task] = await client.executions.children(flow!.id);
    const { status, result } = await client.executions.get(task!.id);
    return (result as { code?: string } | null)?.code ?? status;
  };

  const rows = LIMIT_ROWS.map(async (row) => {
    const [early, lent] = [await limits.execute(row, 'early'), await limits.execute(row, 'lent')];
    return { ...row, ends: { early: await endOf(early), lent: await endOf(lent) } };
  });

  expect(await Promise.all(rows)).toEqual(LIMIT_ROWS);
});

/** Lists of sets for a task, and whether the holder of `core.editor` may give all of each. */
const SETS: readonly (readonly [readonly string[], boolean])[] = [
  [[], true],
  [['core.editor'], true],
  [['core.viewer', 'core.executor'], true],
  [['core.admin'], false],
  [['core.viewer', 'core.admin'], false],
  [['core.admin', 'core.viewer'], false],
  [['core.editor', 'core.viewer', 'core.admin'], false],
];

/** Of an expression of `permission_set_refs`: what is no list of refs. */
const NO_REFS = [5, true, [1], ['core.editor', null], { ref: 'core.editor' }];

/** The status of each item of a workflow, and the code of one that was not started. */
async function endsOfItems(ctx: Context, id: number): Promise<unknown[]> {
  await waitForStatus(ctx, id, 'failed');
  const items = await readExecutions(ctx, await itemsOf(ctx, id));
  return items.map(({ status, result }) => [status, (result as { code?: string }).code]);
}

/** The same of the tasks that run these actions, in this order. */
async function endsOfActions(ctx: Context, id: number, actions: readonly string[]): Promise<unknown[]> {
  await waitForStatus(ctx, id, 'failed');
  const children = await ctx.client.executions.children(id);
  const ofActions = actions.map((ref) => children.filter(({ action_ref }) => action_ref === ref));
  return (await readExecutions(ctx, ofActions.flat())).map(({ status, result }) => [
    ...[status, (result as { code?: string }).code],
  ]);
}

claim('T3.41c', WITH_ITEMS, 'each set of a task is one that its saver and its request may give', async (ctx) => {
  const editor = await createTestUser(ctx, 'core.editor');
  const pack = await createEmptyPack(ctx, { isVisibleToAll: true });
  const each = {
    name: 'each',
    action: 'core.noop',
    with_items: '{{ parameters.sets }}',
    permission_set_refs: '{{ item }}',
  };
  const actions = SETS.map((_, n) => pack.component(`act${n}`));
  const program = { runtime_ref: 'core.shell', entrypoint: 'exit 0' };
  for (const action of actions) await ctx.client.actions.create({ ...action, ...program });
  const ofActions = actions.map(({ ref }, n) => ({ name: `own${n}`, action: ref }));
  const tasks = [each, ...ofActions];
  const workflow = { ...pack.component('flow'), version: '1.0.0', definition: { version: '1.0.0', tasks } };
  await editor.client.workflows.create(workflow);
  const { ref: own } = await ctx.workflow(tasks);
  // After the workflows were saved: no caller saves one with what it may not give.
  for (const [n, { ref }] of actions.entries())
    await ctx.client.actions.update(ref, { default_execution_permission_set_refs: [...SETS[n]![0]] });
  const parameters = { sets: SETS.map(([sets]) => [...sets]) };

  const bySaver = await ctx.client.executions.execute({ action_ref: workflow.ref, parameters });
  const limit = { permission_set_refs: ['core.editor'] };
  const byRequest = await ctx.client.executions.execute({ action_ref: own, parameters, ...limit });

  const expected = SETS.map(([, isAllowed]) => (isAllowed ? ['completed', undefined] : ['failed', 'PERMISSION_SETS']));
  expect(await endsOfItems(ctx, bySaver.id)).toEqual(expected);
  expect(await endsOfItems(ctx, byRequest.id)).toEqual(expected);
  for (const value of NO_REFS) {
    const { id } = await ctx.client.executions.execute({ action_ref: own, parameters: { sets: [value] } });
    expect([value, await endsOfItems(ctx, id)]).toEqual([value, [['failed', 'PERMISSION_SETS']]]);
  }
  const refs = actions.map(({ ref }) => ref);
  expect(await endsOfActions(ctx, bySaver.id, refs)).toEqual(expected);
  expect(await endsOfActions(ctx, byRequest.id, refs)).toEqual(expected);
});
