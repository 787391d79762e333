// Spec: an execution of a compiled revision runs again on that, whatever was compiled since.
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { failingOnce, rerunToEnd, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { paramsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'workflows.revisions', 'ledger.shared'];

claim('T2.25r', NEEDS, 'a rerun is of the revision that the execution ran', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('second')),
    failingOnce(ctx, 'second', {}, onSuccess('third')),
    task(ctx, 'third', 'echo-params', { word: '{{ workflow.word }}' }),
  ];
  const { ref } = await ctx.workflow(tasks, { vars: { word: 'old' } });
  const { workflows } = ctx.client;
  const compiled = await workflows.compileRevision(ref, 1);
  const { id } = await workflows.execute(ref, { data: {} });
  await waitForStatus(ctx, id, 'failed');
  const changed = { version: '1.0.0', tasks: [...tasks, noopTask('fourth')], vars: { word: 'new' } };
  await workflows.createRevision(ref, { definition: changed });
  await workflows.compileRevision(ref, 2);

  const rerun = await rerunToEnd(ctx, id, 'second');

  expect(rerun).toMatchObject({ revision: 1, plan_digest: compiled.plan_digest });
  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(await paramsOf(ctx, rerun.id, 'third')).toMatchObject({ word: 'old' });
});
