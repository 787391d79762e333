// Spec: what a limit ended has timed out, at every level, unless something else came first.
import { isDeepStrictEqual } from 'node:util';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { attemptsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  noopTask,
  onFailure,
  onTimeout,
  parallelTask,
  task,
  type AnyTask,
  type Task,
} from '../../../helpers/scenario/resources/workflow-task';
import { sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import { LIMIT_SECONDS, passLimit, startPinned, waitForRuns } from '../../../helpers/scenario/time/limits';

const NEEDS = ['workflows.task_timeout', 'executions.timeout', 'workflows.failure_branches', 'ledger.shared'];

/** Of all executions below a workflow: the task, the status and the result. */
const endsBelow = async (ctx: Context, id: number) => {
  const below = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const records = await readExecutions(ctx, below);
  return records.map((each) => [taskName(each), each.status, each.result] as const);
};

/** Of all executions below a workflow: the task, the status and the level of the limit. */
const levelsBelow = async ({ client }: Context, id: number) => {
  const below = (node: Node): Node[] => node.children.flatMap((child) => [child, ...below(child)]);
  const nodes = below(await client.executions.tree(id));
  return nodes.map((node) => [node.workflow_task!.task_name, node.status, node.timeout_level] as const);
};
type Node = Awaited<ReturnType<Context['client']['executions']['tree']>>['children'][number];

const LIMIT_OF_WORKFLOW = {
  error: `Stopped: its workflow timed out after ${LIMIT_SECONDS} seconds`,
  timeout_level: 'workflow',
  timeout_seconds: LIMIT_SECONDS,
};
const STOPPED_BY_LIMIT = { ...LIMIT_OF_WORKFLOW, succeeded: false };

const WAITING = [...NEEDS, 'inquiries.ask', 'workflows.with_items', 'workflows.retry'];

/** What waits at the limit: for a response, for its turn in a list, and for its retry. */
const WAITING_TASKS: AnyTask[] = [
  inquiryTask({}),
  { ...inquiryTask({}), name: 'each', with_items: '{{ [1, 2] }}', concurrency: 1 },
  noopTask('again', { input: { exit_code: 1 }, retry: { count: 1, delay: 600 } }),
];

claim.time('T2.9l', WAITING, 'the limit of a workflow is the cause at every level below it', async (ctx) => {
  const inner = await ctx.workflow(WAITING_TASKS, { name: 'inner' });
  const middle = await ctx.workflow([{ name: 'middle', action: inner.ref }], { name: 'middle' });
  const id = await startPinned(ctx, 'outer', [{ name: 'outer', action: middle.ref }], { timeout: LIMIT_SECONDS });
  const statuses = async () => (await descendants(ctx.client, id)).map(({ execution }) => execution.status);
  const waiting = ['failed', 'requested', 'requested', 'running', 'running', 'running', 'running'];
  const isWaiting = async () => isDeepStrictEqual((await statuses()).sort(), waiting);
  await until(predicateToHold('all tasks to wait', isWaiting), ctx.deadline);

  await passLimit(ctx, [id]);
  await waitForStatus(ctx, id, 'failed');

  const stopped = (await endsBelow(ctx, id)).filter(([, status]) => status !== 'failed');
  const byName = stopped.sort(([one], [other]) => one.localeCompare(other));
  const names = ['again', 'each', 'each', 'gate', 'middle', 'outer'];
  expect(byName).toMatchObject(names.map((name) => [name, 'cancelled', LIMIT_OF_WORKFLOW]));
  const levels = (await levelsBelow(ctx, id)).filter(([, status]) => status !== 'failed');
  expect(levels.sort()).toEqual(names.map((name) => [name, 'cancelled', 'workflow']));
});

claim.time('T2.9m', NEEDS, 'a cancellation before the limit stays the cause', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startPinned(ctx, 'flow', [sleepTask(ctx, 'W')], { timeout: LIMIT_SECONDS });
  await waitForRuns(ctx, { W: 1 });

  await ctx.client.executions.cancel(id);
  await passLimit(ctx, [id]);
  const root = await waitForStatus(ctx, id, 'cancelled');

  expect(root.result).toEqual({ error: 'Workflow cancelled', succeeded: false });
  if (ctx.canProve('executions.suspended')) expect(root.termination_reason).toBe('stop_requested');
  expect(await endsBelow(ctx, id)).toMatchObject([['W', 'cancelled', STOPPED_BY_LIMIT]]);
});

/** Fails at once, or runs until the limit. */
const end = (ctx: Context, name: string, code: number | string, hold_ms: number | string): Task =>
  task(ctx, name, 'exit-with', { code, hold_ms });

/**
 * Each has a child that its limit ends; those of `list` and `both` have one that fails, too, and
 * `nested` calls a workflow, which fails by it.
 */
const limitedTasks = (ctx: Context, inner: string): AnyTask[] => {
  const timeout = LIMIT_SECONDS;
  const slow = (name: string): Task => ({ ...end(ctx, name, 0, 30_000), timeout });
  const list = { ...end(ctx, 'list', '{{ item.code }}', '{{ item.hold_ms }}'), timeout, concurrency: 2 };
  const retry = (on_error: string) => ({ retry: { count: 1, delay: 0, on_error } });
  const tasks: AnyTask[] = [
    { ...list, with_items: '{{ [parameters.fails, parameters.runs] }}' },
    parallelTask('both', [slow('one'), end(ctx, 'other', 4, 0)]),
    { name: 'nested', action: inner },
    { ...slow('failed'), ...retry('{{ failed() }}') },
    { ...slow('expired'), ...retry('{{ not timed_out() }}') },
  ];
  return tasks.map((each) => ({
    ...each,
    next: [onTimeout(`${each.name}-expiry`), onFailure(`${each.name}-failure`)],
  }));
};

const POLICIES = [...NEEDS, 'workflows.retry', 'workflows.with_items'];

claim.time('T2.9n', POLICIES, 'a task has timed out where nothing else failed, also for its policy', async (ctx) => {
  await ctx.pack('e2e');
  const deep = { ...end(ctx, 'deep', 0, 30_000), timeout: LIMIT_SECONDS };
  const limited = limitedTasks(ctx, (await ctx.workflow([deep], { name: 'inner' })).ref);
  const branches = limited.flatMap(({ name }) => [`${name}-expiry`, `${name}-failure`]);
  const parameters = { fails: { code: 4, hold_ms: 0 }, runs: { code: 0, hold_ms: 30_000 } };
  const tasks = [...limited, ...branches.map((name) => task(ctx, name, 'append-ledger'))];
  const id = await startWorkflow(ctx, tasks, {}, { parameters });
  await waitForRuns(ctx, { list: 2, one: 1, other: 1, failed: 1, expired: 1, deep: 1 });

  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  await waitForStatus(ctx, id);

  const taken = ['list-failure', 'both-failure', 'nested-failure', 'failed-expiry', 'expired-expiry'];
  expect(branches.filter((name) => runsOf(ctx, name) > 0)).toEqual(taken);
  const attempts = await Promise.all(['failed', 'expired'].map((name) => attemptsOf(ctx, id, name)));
  expect(attempts.map((each) => each.map(({ status }) => status))).toEqual([['failed'], ['failed']]);
});
