import type { Execute, Execution, ExecutionSummary } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { executionToBe } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { stays } from '../polling';
import { onlyChildOfTask, taskName } from './child-executions';
import { echoedParameters } from './echoed-parameters';
import type { AnyTask, WorkflowParts } from './workflow-task';

/** What an execution is started with besides its action. */
type StartOptions = Omit<Execute, 'action_ref'>;

/**
 * Creates a workflow of these tasks in the test's pack and executes it. Returns the execution's
 * id.
 */
export async function startWorkflow(
  ctx: Context,
  tasks: AnyTask[],
  parts: WorkflowParts = {},
  options: StartOptions = {},
): Promise<number> {
  const { ref } = await ctx.workflow(tasks, parts);
  return (await ctx.client.executions.execute({ action_ref: ref, ...options })).id;
}

/**
 * Number of processes that wrote a start to the ledger under `<nonce>-<label>`; a task's label is
 * its name.
 */
export const runsOf = (ctx: Context, label: string): number => ctx.ledger.count(ctx.ledgerInput(label).key);

/** The same for several labels, by label. */
export const runCounts = (ctx: Context, ...labels: readonly string[]): Record<string, number> =>
  Object.fromEntries(labels.map((label) => [label, runsOf(ctx, label)]));

/** Number of executions of an action or workflow. */
export const countExecutions = async ({ client }: Context, action_ref: string): Promise<number> =>
  (await client.executions.list({ action_ref })).length;

/**
 * The workflow ends with this status, and each label has exactly this number of runs, now and
 * during the quiet time.
 */
export const expectRunsAtEnd = (
  ctx: Context,
  id: number,
  goal: 'completed' | 'failed' | 'cancelled',
  runs: Readonly<Record<string, number>>,
): Promise<void> =>
  stays(
    () => runCounts(ctx, ...Object.keys(runs)),
    runs,
    executionToBe(goal, ctx.client, id),
    ctx.quietMs,
    ctx.deadline,
  );

/**
 * The whole execution of the one child that a workflow started for a task. Throws unless there is
 * exactly one.
 */
export async function childOf(ctx: Context, root: number, task: string): Promise<Execution> {
  const children = await ctx.client.executions.children(root);
  return ctx.client.executions.get(onlyChildOfTask(task, children).id);
}

/** Every execution that a workflow started for a task, oldest first: one for each attempt. */
export async function attemptsOf(ctx: Context, root: number, task: string): Promise<ExecutionSummary[]> {
  const children = await ctx.client.executions.children(root);
  return children.filter((child) => taskName(child) === task);
}

/** The parameters that the process of a workflow's one `echo-params` task received. */
export const paramsOf = async (ctx: Context, root: number, task: string): Promise<JsonObject> =>
  echoedParameters(await childOf(ctx, root, task));
