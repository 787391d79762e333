// Spec: a plan is outdated once its nested workflow changes; one that calls itself has one plan.
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

/** Runs a workflow by its compiled revision, to its end. Returns the id of its execution. */
async function runStrictly({ client, deadline }: Context, ref: string, data: { calls?: number }): Promise<number> {
  const { id } = await client.workflows.execute(ref, { data });
  await until(executionToBe('completed', client, id), deadline);
  return id;
}

test('S0-44 a plan above a changed nested workflow is outdated', async (ctx) => {
  const { client } = ctx;
  const pack_ref = await ctx.ownPack();
  const [inner, outer] = [`${pack_ref}.${ctx.name('inner')}`, `${pack_ref}.${ctx.name('outer')}`];
  const create = (ref: string, action: string) =>
    client.workflows.create({
      ref,
      pack_ref,
      label: 'flow',
      version: '1',
      definition: { tasks: [{ name: 'only', action }] },
    });
  await create(inner, 'core.noop');
  await create(outer, inner);
  const { plan_digest } = await client.workflows.revision(outer, 1);
  await client.workflows.update(inner, { definition: { tasks: [{ name: 'only', action: 'core.echo' }] } });

  const id = await runStrictly(ctx, outer, {});
  const compiled = await client.workflows.compileRevision(outer, 1);

  expect(compiled.plan_digest).not.toBe(plan_digest);
  expect(await client.executions.get(id)).toMatchObject({
    stale: true,
    plan_digest,
    current_plan_digest: compiled.plan_digest,
  });
});

test('S0-44 a workflow that calls itself runs the plan that it is part of', async (ctx) => {
  const { client } = ctx;
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('flow')}`;
  const param_schema = { calls: { type: 'integer' } };
  const input = { calls: '{{ parameters.calls - 1 }}' };
  const tasks = [{ name: 'again', action: ref, when: '{{ parameters.calls > 0 }}', input }];
  const definition = { parameters: param_schema, tasks };
  await client.workflows.create({ ref, pack_ref, label: 'flow', version: '1', definition, param_schema });
  const first = await client.workflows.compileRevision(ref, 1);

  const second = await client.workflows.compileRevision(ref, 1);
  const id = await runStrictly(ctx, ref, { calls: 1 });

  const [inner] = await client.executions.children(id);
  const runs = [await client.executions.get(id), await client.executions.get(inner!.id)];
  expect(second).toMatchObject({ changed: false, plan_digest: first.plan_digest });
  expect(runs).toMatchObject([0, 1].map(() => ({ revision: 1, plan_digest: first.plan_digest, stale: false })));
});

test('S0-47 workflows that call each other are outdated only by a change', async (ctx) => {
  const { client } = ctx;
  const pack_ref = await ctx.ownPack();
  const [a, b] = [`${pack_ref}.${ctx.name('a')}`, `${pack_ref}.${ctx.name('b')}`];
  const param_schema = { calls: { type: 'integer' } };
  const input = { calls: '{{ parameters.calls - 1 }}' };
  const calling = (action: string, own: string) => ({
    parameters: param_schema,
    tasks: [
      { name: 'next', action, when: '{{ parameters.calls > 0 }}', input },
      { name: 'own', action: own },
    ],
  });
  const body = { pack_ref, label: 'flow', version: '1', param_schema };
  await client.workflows.create({ ...body, ref: a, definition: calling(b, 'core.noop') });
  await client.workflows.create({ ...body, ref: b, definition: calling(a, 'core.noop') });
  for (const ref of [a, b]) await client.workflows.compileRevision(ref, 1);

  const fresh = await explainBoth(ctx, a, b);
  const again = [await client.workflows.compileRevision(a, 1), await client.workflows.compileRevision(b, 1)];
  const id = await runStrictly(ctx, a, { calls: 3 });
  await client.workflows.update(b, { definition: calling(a, 'core.echo') });
  const changed = await explainBoth(ctx, a, b);
  await client.workflows.compileRevision(a, 1);
  const compiled = await explainBoth(ctx, a, b);

  expect(fresh).toEqual([false, false]);
  expect(again.map((one) => one.changed)).toEqual([false, false]);
  expect(await stalenessBelow(ctx, id)).toEqual([false, false, false, false]);
  expect(changed).toEqual([true, false]);
  expect(compiled).toEqual([false, false]);
});

/** Whether the shown revisions of two workflows are outdated. */
const explainBoth = ({ client }: Context, ...refs: readonly string[]): Promise<boolean[]> =>
  Promise.all(
    refs.map(async (ref) => {
      const { revision } = await client.workflows.get(ref);
      return (await client.workflows.explainRevision(ref, revision ?? 1)).stale;
    }),
  );

/** Whether an execution, and each of the workflows below it, ran an outdated plan. */
async function stalenessBelow(ctx: Context, id: number): Promise<(boolean | undefined)[]> {
  const { stale } = await ctx.client.executions.get(id);
  const children = await ctx.client.executions.children(id);
  const nested = children.find(({ workflow_task }) => workflow_task?.task_name === 'next');
  return [stale, ...(nested === undefined ? [] : await stalenessBelow(ctx, nested.id))];
}
