import type { Rerun } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import type { Context } from '../context';
import { waitForStatus, type Execution } from './ended-executions';
import { waitForRuns } from '../time/limits';
import { gatedTask, openGate } from './paused-workflows';
import { runCounts, startWorkflow } from './workflow-runs';
import {
  onFailure,
  onSuccess,
  task,
  type AnyTask,
  type Task,
  type Transition,
  type WorkflowParts,
} from './workflow-task';

/** A task whose first process fails, and every other one completes. */
export const failingOnce = (ctx: Context, name: string, input: JsonObject = {}, ...next: Transition[]): Task =>
  task(ctx, name, 'fail-n-times', { n: 1, ...input }, ...next);

/** Runs a workflow of these tasks until it has failed. Returns its id. */
export async function runToFailure(
  ctx: Context,
  tasks: AnyTask[],
  parts: WorkflowParts = {},
  parameters: JsonObject = {},
): Promise<number> {
  const id = await startWorkflow(ctx, tasks, parts, { parameters });
  await waitForStatus(ctx, id, 'failed');
  return id;
}

/**
 * Runs `first`, and then `open` (before `last`) and `other` (with a handler of its failure,
 * `repair`), both of which wait at a gate. Returns the id of the workflow.
 */
export async function runToOpenBranches(ctx: Context, parts: WorkflowParts): Promise<number> {
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('open', 'other')),
    gatedTask(ctx, 'open', onSuccess('last')),
    gatedTask(ctx, 'other', onFailure('repair')),
    task(ctx, 'repair', 'append-ledger'),
    task(ctx, 'last', 'echo-params', { start: '{{ system.workflow_start }}' }),
  ];
  const id = await startWorkflow(ctx, tasks, parts);
  await waitForRuns(ctx, { open: 1, other: 1 });
  return id;
}

/** Runs it again from `open` with an open gate. `runs`: of all its tasks, in both runs. */
export async function rerunOpenBranches(ctx: Context, id: number): Promise<{ rerun: Execution; runs: object }> {
  openGate(ctx);
  const rerun = await rerunToEnd(ctx, id, 'open');
  return { rerun, runs: runCounts(ctx, 'first', 'open', 'other', 'repair', 'last') };
}

/** Runs a workflow again from a task, until its end. */
export async function rerunToEnd(
  ctx: Context,
  id: number,
  from: string,
  more: Omit<Rerun, 'from'> = {},
  status: Status = 'completed',
): Promise<Execution> {
  const rerun = await ctx.client.executions.rerun(id, { from, ...more });
  return waitForStatus(ctx, rerun.id, status);
}

/** What a rerun took over, in order: `first completed`. */
export const takenOverBy = async ({ client }: Context, id: number): Promise<string[]> => {
  const { taken_over: tasks = [] } = await client.executions.tree(id);
  return tasks.map(({ task_name, status }) => `${task_name} ${status}`);
};
