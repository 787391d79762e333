import type { Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { Approval } from '../../../helpers/scenario/resources/approvals';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { itemsOf } from '../../../helpers/scenario/resources/list-task';
import { childStatuses, gatedTask, INQUIRY_FIRST } from '../../../helpers/scenario/resources/paused-workflows';
import { attemptsOf, childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  noopTask,
  onFailure,
  onSuccess,
  parallelTask,
  type AnyTask,
} from '../../../helpers/scenario/resources/workflow-task';
import { waitForRuns } from '../../../helpers/scenario/time/limits';

/** Of the task `flaky`, seconds. */
export const FLAKY_DELAY = 10;

/** One task of each kind, which ends during the pause and leads to another one. */
async function leadingTasks(ctx: Context): Promise<AnyTask[]> {
  const { ref } = await ctx.workflow([gatedTask(ctx, 'lone')], { name: 'called' });
  return [
    gatedTask(ctx, 'run', onSuccess('after')),
    { ...gatedTask(ctx, 'listed', onSuccess('after_list')), with_items: '{{ [0] }}' },
    parallelTask('group', [gatedTask(ctx, 'part')], onSuccess('after_group')),
    { name: 'called', action: ref, next: [onSuccess('after_call')] },
    ...AFTER.map((name) => noopTask(name)),
  ];
}

/** What they lead to: each is held at another step boundary. */
const AFTER = ['after', 'after_call', 'after_group', 'after_list'];
const LEADING_ENDED = ['called completed', 'listed completed', 'part completed'];

/**
 * A workflow in which a step, an item, a retry and a sub-workflow with an inquiry are open; the
 * last item was cancelled while it waited.
 */
export async function startOpenWorkflow(ctx: Context): Promise<Approval & { nested: number }> {
  await ctx.pack('e2e');
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const flaky = noopTask('flaky', { input: { exit_code: 1 }, retry: { count: 1, delay: FLAKY_DELAY } });
  const [again, redo] = ['again', 'redo'].map((name) => gatedTask(ctx, name)); // they fail during the pause
  const repeated = { exits: 'gate1 0' };
  const retry = { count: 1, delay: 0 };
  const tasks = [
    ...(await leadingTasks(ctx)),
    { ...gatedTask(ctx, 'each', onFailure('handled')), with_items: '{{ [0, 1, 2, 3] }}' },
    { ...flaky, next: [onFailure('handled')] },
    { ...again!, input: { ...again!.input, ...repeated }, retry },
    { ...redo!, input: { ...redo!.input, ...repeated }, retry, with_items: '{{ [0] }}' },
    { name: 'nested', action: ref },
    noopTask('handled'),
  ];
  const starts = ['task.run', ...[0, 1, 2].map((n) => `task.each.items[${n}]`)].map((view) => `${view}.attempt`);
  const id = await startWorkflow(ctx, tasks, { output_map: { starts: `{{ [${starts.join(', ')}] }}` } });
  await waitForRuns(ctx, { run: 1, listed: 1, part: 1, lone: 1, each: 1, again: 1, redo: 1 });
  const isPlanned = async () => (await attemptsOf(ctx, id, 'flaky')).length === 2;
  await until(predicateToHold('the retry to be planned', isPlanned), ctx.deadline);
  await ctx.client.executions.cancel((await itemsOf(ctx, id)).at(-1)!.id);
  const { id: nested } = await childOf(ctx, id, 'nested');
  return { id, nested, inquiry: await inquiryOfRun(ctx, nested, 'gate', 0) };
}

/** The statuses while it is paused. */
export const HELD = [
  ...[
    ...['again failed', 'again requested', 'each cancelled', 'each completed', 'each requested'],
    ...['each requested', 'flaky failed', 'flaky requested', 'nested paused', 'redo failed', 'redo requested'],
    ...['run completed', ...LEADING_ENDED],
  ].sort(),
  'gate completed',
];
/** The same after it has been resumed and has completed. */
export const ENDED = [
  ...[
    ...['again completed', 'again failed', 'each cancelled', 'each completed', 'each completed'],
    ...['each completed', 'flaky failed', 'flaky failed', 'handled completed', 'nested completed'],
    ...['redo completed', 'redo failed', 'run completed', ...LEADING_ENDED],
    ...AFTER.map((name) => `${name} completed`),
  ].sort(),
  ...['gate completed', 'last completed'],
];

/** The children of the workflow, sorted, then those of its sub-workflow. */
export const statusesOf = async (ctx: Context, { id, nested }: { id: number; nested: number }): Promise<string[]> => [
  ...(await childStatuses(ctx, id)).sort(),
  ...(await childStatuses(ctx, nested)),
];
