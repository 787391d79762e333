// Spec: an execution of a compiled revision runs again on that, whatever was compiled since.
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { failingOnce, rerunToEnd, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { paramsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'workflows.revisions', 'ledger.shared'];

const text = { type: 'string' };

const SECRETS = [...NEEDS, 'secrets.redaction'];

claim('T2.25r', SECRETS, 'a rerun is of the revision that the execution ran', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('second')),
    failingOnce(ctx, 'second', {}, onSuccess('third')),
    task(ctx, 'third', 'echo-params', { word: '{{ workflow.word }}' }),
  ];
  const { ref } = await ctx.workflow(tasks, { vars: { word: 'old' }, parameters: { pin: { ...text, secret: true } } });
  const { workflows } = ctx.client;
  const compiled = await workflows.compileRevision(ref, 1);
  const { id } = await workflows.execute(ref, { data: { pin: 'first' } });
  await waitForStatus(ctx, id, 'failed');
  const parameters = { pin: text };
  const changed = { version: '1.0.0', tasks: [...tasks, noopTask('fourth')], vars: { word: 'new' }, parameters };
  await workflows.createRevision(ref, { definition: changed, param_schema: parameters });
  await workflows.compileRevision(ref, 2);

  const rerun = await rerunToEnd(ctx, id, 'second', { parameters: { pin: ctx.nonce } });

  expect(rerun).toMatchObject({ revision: 1, plan_digest: compiled.plan_digest });
  expect(rerun.config).toEqual({ pin: { $attune_secret: true, redacted: true } });
  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(await paramsOf(ctx, rerun.id, 'third')).toMatchObject({ word: 'old' });
});

claim('T2.25z', NEEDS, 'a rerun is outdated by what its revision would run now', async (ctx) => {
  await ctx.pack('e2e');
  const { workflows } = ctx.client;
  const inner = await ctx.workflow([noopTask('only')], { name: 'inner' });
  const tasks = [failingOnce(ctx, 'first', {}, onSuccess('second')), { name: 'second', action: inner.ref }];
  const { ref } = await ctx.workflow(tasks);
  const { plan_digest } = await workflows.compileRevision(ref, 1);
  const { id } = await workflows.execute(ref, { data: {} });
  await waitForStatus(ctx, id, 'failed');

  const fresh = await rerunToEnd(ctx, id, 'first');
  await workflows.update(inner.ref, { definition: { tasks: [noopTask('other')] } });
  const outdated = await rerunToEnd(ctx, id, 'first');
  const { plan_digest: current_plan_digest } = await workflows.compileRevision(ref, 1);

  expect(fresh).toMatchObject({ revision: 1, plan_digest, stale: false });
  expect(outdated).toMatchObject({ revision: 1, plan_digest, stale: true, current_plan_digest });
});
