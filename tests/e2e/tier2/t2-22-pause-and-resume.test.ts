// Spec: a paused workflow starts no step until it is resumed, and then goes on where it was.
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { answerToEnd, type Approval } from '../../../helpers/scenario/resources/approvals';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { itemsOf } from '../../../helpers/scenario/resources/list-task';
import {
  changesOf,
  childStatuses,
  gatedTask,
  INQUIRY_FIRST,
  openGate,
  pausesOf,
} from '../../../helpers/scenario/resources/paused-workflows';
import { attemptsOf, childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onFailure, onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { waitForRuns } from '../../../helpers/scenario/time/limits';

const NEEDS = ['executions.pause', 'executions.log', 'inquiries.ask', 'ledger.shared'];

/** Of the task `flaky`, seconds. */
const DELAY = 10;

/**
 * A workflow in which a step, an item, a retry and a sub-workflow with an inquiry are open; the
 * last item was cancelled while it waited.
 */
async function startOpen(ctx: Context): Promise<Approval & { nested: number }> {
  await ctx.pack('e2e');
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const flaky = noopTask('flaky', { input: { exit_code: 1 }, retry: { count: 1, delay: DELAY } });
  const [again, redo] = ['again', 'redo'].map((name) => gatedTask(ctx, name)); // they fail during the pause
  const repeated = { exits: 'gate1 0' };
  const retry = { count: 1, delay: 0 };
  const tasks = [
    gatedTask(ctx, 'run', onSuccess('after')),
    { ...gatedTask(ctx, 'each', onFailure('handled')), with_items: '{{ [0, 1, 2, 3] }}' },
    { ...flaky, next: [onFailure('handled')] },
    { ...again!, input: { ...again!.input, ...repeated }, retry },
    { ...redo!, input: { ...redo!.input, ...repeated }, retry, with_items: '{{ [0] }}' },
    { name: 'nested', action: ref },
    noopTask('after'),
    noopTask('handled'),
  ];
  const starts = ['task.run', ...[0, 1, 2].map((n) => `task.each.items[${n}]`)].map((view) => `${view}.attempt`);
  const id = await startWorkflow(ctx, tasks, { output_map: { starts: `{{ [${starts.join(', ')}] }}` } });
  await waitForRuns(ctx, { run: 1, each: 1, again: 1, redo: 1 });
  const isPlanned = async () => (await attemptsOf(ctx, id, 'flaky')).length === 2;
  await until(predicateToHold('the retry to be planned', isPlanned), ctx.deadline);
  await ctx.client.executions.cancel((await itemsOf(ctx, id)).at(-1)!.id);
  const { id: nested } = await childOf(ctx, id, 'nested');
  return { id, nested, inquiry: await inquiryOfRun(ctx, nested, 'gate', 0) };
}

const HELD = [
  ...[
    'again failed',
    'again requested',
    'each cancelled',
    'each completed',
    'each requested',
    'each requested',
    'flaky failed',
    'flaky requested',
  ],
  ...['nested paused', 'redo failed', 'redo requested', 'run completed', 'gate completed'],
];
const ENDED = [
  ...[
    'after completed',
    'again completed',
    'again failed',
    'each cancelled',
    'each completed',
    'each completed',
    'each completed',
    'flaky failed',
    'flaky failed',
  ],
  ...['handled completed', 'nested completed', 'redo completed', 'redo failed', 'run completed'],
  ...['gate completed', 'last completed'],
];

/** The children of the workflow, sorted, then those of its sub-workflow. */
const statusesOf = async (ctx: Context, { id, nested }: { id: number; nested: number }): Promise<string[]> => [
  ...(await childStatuses(ctx, id)).sort(),
  ...(await childStatuses(ctx, nested)),
];

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
    const open = await startOpen(ctx);
    const { id, nested } = open;

    const paused = [await pause(id), await pause(id)];
    await ctx.time.pass(DELAY, { settle: false });
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
