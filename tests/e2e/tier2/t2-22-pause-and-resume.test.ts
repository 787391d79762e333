// Spec: a paused workflow starts no step until it is resumed, and then goes on where it was.
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { answerToEnd } from '../../../helpers/scenario/resources/approvals';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import {
  changesOf,
  childStatuses,
  gatedTask,
  openGate,
  pausesOf,
} from '../../../helpers/scenario/resources/paused-workflows';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { waitForRuns } from '../../../helpers/scenario/time/limits';
import { FLAKY_DELAY, ENDED, HELD, startOpenWorkflow, statusesOf } from '../support/open-workflow';

const NEEDS = ['executions.pause', 'executions.log', 'inquiries.ask', 'ledger.shared'];

/** Nothing starts, however much time passes. */
async function expectHeld(ctx: TimeContext, open: { id: number; nested: number }): Promise<void> {
  await ctx.time.expectNothingFor(60, () => statusesOf(ctx, open));
  expect(await statusesOf(ctx, open)).toEqual(HELD);
  await expect(ctx.client.executions.resume(open.nested)).rejects.toMatchObject({ status: 409, code: 'PARENT_PAUSED' });
}

/** The starts and ends of the items of the list, in their order. */
const stepsOfList = async (ctx: Context, id: number): Promise<unknown[]> =>
  (await until(logToEnd(ctx.client, id), ctx.deadline)).flatMap(({ type, payload }) =>
    payload.task === 'each' ? [[type, payload.index]] : [],
  );

/** One runs at a time, also after the resume. */
const ONE_BY_ONE = [
  ['STEP_STARTED', 0],
  ['STEP_CANCELLED', 3],
  ['STEP_COMPLETED', 0],
  ...[1, 2].flatMap((n) => ['STEP_STARTED', 'STEP_COMPLETED'].map((type) => [type, n])),
];

claim.time(
  'T2.22a',
  [...NEEDS, 'executions.cancel'],
  'a pause holds all steps below a workflow until its resume',
  async (ctx) => {
    const { pause, resume } = ctx.client.executions;
    const open = await startOpenWorkflow(ctx);
    const { id, nested } = open;

    const paused = [await pause(id), await pause(id)];
    await ctx.time.pass(FLAKY_DELAY, { settle: false });
    openGate(ctx);
    const { finished_at } = await waitForStatus(ctx, id, 'paused');
    await answerToEnd(ctx, open.inquiry);
    await expectHeld(ctx, open);
    const resumed = [await resume(id), await resume(id)];
    const { result } = await waitForStatus(ctx, id);

    const changed = [true, false, true, false].map((each) => ['running', each]);
    expect(changesOf([...paused, ...resumed])).toEqual(changed);
    expect([finished_at, result]).toEqual([null, { succeeded: true, starts: [1, 1, 2, 3] }]);
    expect(await statusesOf(ctx, open)).toEqual(ENDED);
    const log = (await pausesOf(ctx, id)).map(([execution, type]) => `${execution} ${type}`);
    const [first, last] = ['EXECUTION_PAUSED', 'EXECUTION_RESUMED'];
    expect(await stepsOfList(ctx, id)).toEqual(ONE_BY_ONE);
    expect(log).toEqual([`${nested} ${first}`, `${id} ${first}`, `${id} ${last}`, `${nested} ${last}`]);
  },
);

claim.time('T2.22b', NEEDS, 'a pause without a step to hold leaves no trace', async (ctx) => {
  await ctx.pack('e2e');
  const { pause, resume } = ctx.client.executions;
  const last = await startWorkflow(ctx, [gatedTask(ctx, 'last')], { name: 'last' });
  const resumed = await startWorkflow(ctx, [gatedTask(ctx, 'first', onSuccess('second')), noopTask('second')]);
  await waitForRuns(ctx, { last: 1, first: 1 });

  const changes = [await resume(last), await pause(last), await pause(resumed), await resume(resumed)];
  openGate(ctx);
  await waitForAll(ctx, [last, resumed]);

  expect(changesOf(changes)).toEqual([false, true, true, true].map((changed) => ['running', changed]));
  expect(await childStatuses(ctx, resumed)).toEqual(['first completed', 'second completed']);
  expect([await pausesOf(ctx, last), await pausesOf(ctx, resumed)]).toEqual([[], []]);
});
