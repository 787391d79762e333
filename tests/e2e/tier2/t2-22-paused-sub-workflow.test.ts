// Spec: a sub-workflow is paused and resumed for itself, without its parent.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { answerToEnd } from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { changesOf, childStatuses, INQUIRY_FIRST } from '../../../helpers/scenario/resources/paused-workflows';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const NEEDS = ['executions.pause', 'inquiries.ask'];

/** The leases of a workflow. */
async function leasesOf({ facts }: Context, id: number) {
  await using database = await openTargetDatabase(facts.databaseUrl);
  return await database.query('select execution_id from durable.execution_locks where execution_id = $1', [id]);
}

claim.time('T2.22d', NEEDS, 'a sub-workflow is paused alone, and its parent goes on', async (ctx) => {
  const { pause, resume } = ctx.client.executions;
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const beside = inquiryTask({}, { next: [onSuccess('after')] });
  const id = await startWorkflow(ctx, [
    { name: 'nested', action: ref },
    { ...beside, name: 'beside' },
    noopTask('after'),
  ]);
  const other = await inquiryOfRun(ctx, id, 'beside', 0);
  const { id: nested } = await childOf(ctx, id, 'nested');
  const inquiry = await inquiryOfRun(ctx, nested, 'gate', 0);

  await pause(nested);
  await waitForStatus(ctx, nested, 'paused');
  if (ctx.canProve('sql')) expect(await leasesOf(ctx, nested)).toEqual([]);
  for (const each of [inquiry, other]) await answerToEnd(ctx, each);
  const isAfter = async () => (await childStatuses(ctx, id)).includes('after completed');
  await until(predicateToHold('the task after it to complete', isAfter), ctx.deadline);
  const statuses = async () => [...(await childStatuses(ctx, id)), ...(await childStatuses(ctx, nested))];
  await ctx.time.expectNothingFor(60, statuses);

  expect(await statuses()).toEqual(['nested paused', 'beside completed', 'after completed', 'gate completed']);
  expect((await ctx.client.executions.get(id)).status).toBe('running');
  expect(changesOf([await resume(nested)])).toEqual([['running', true]]);
  await waitForStatus(ctx, id);
  expect(await childStatuses(ctx, nested)).toEqual(['gate completed', 'last completed']);
});
