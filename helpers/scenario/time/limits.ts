import type { Execution } from '../../../contract/executions';
import { writeJson } from '../../../contract/json-text/write-json';
import { secondsBetween } from '../../instant';
import type { Context, TimeContext } from '../claim';
import { predicateToHold } from '../conditions/execution-conditions';
import { until } from '../polling';
import { pinToOneWorker } from '../resources/execution-limits';
import { runCounts, startWorkflow } from '../resources/workflow-runs';
import type { Task, WorkflowParts } from '../resources/workflow-task';

/** A limit for which a program also runs in real time on a busy host until it is ready. */
export const LIMIT_SECONDS = 5;

/** The error of what this limit has ended. */
export const TIMEOUT_ERROR = `Execution timed out after ${LIMIT_SECONDS} seconds`;

/** Starts a workflow with this name on the worker of the other claims. */
export const startPinned = (ctx: Context, name: string, tasks: Task[], parts: WorkflowParts = {}): Promise<number> =>
  startWorkflow(ctx, tasks, { ...parts, name }, pinToOneWorker(ctx.facts.capabilities));

/** Waits until so many programs have started under each label. */
export const waitForRuns = (ctx: Context, runs: Readonly<Record<string, number>>): Promise<true> => {
  const started = () => runCounts(ctx, ...Object.keys(runs));
  const haveStarted = () => Object.entries(started()).every(([label, count]) => count === runs[label]);
  return until(
    predicateToHold('the programs to run', haveStarted, () => writeJson(started())),
    ctx.deadline,
  );
};

/** The statuses of some executions and of those below them. */
const statusesOf = async ({ client }: Context, ids: readonly number[]): Promise<string[]> => {
  const lists = ids.map(async (id) => [await client.executions.get(id), ...(await client.executions.children(id))]);
  return (await Promise.all(lists)).flat().map(({ status }) => status);
};

/**
 * Passes the limit of what these executions started. Until a millisecond before, none of it ends.
 */
export const passLimit = async (ctx: TimeContext, ids: readonly number[]): Promise<void> => {
  const { created } = await ctx.client.executions.get(ids[0]!);
  const passed = secondsBetween(created, await ctx.time.now());
  const settle = false;
  await ctx.time.expectNothingFor(LIMIT_SECONDS - 0.001 - passed, () => statusesOf(ctx, ids), { settle });
  await ctx.time.pass(0.001, { settle });
};

/** How long an execution ran, by the platform's record; a workflow: since it was created. */
export const ranSeconds = (execution: Pick<Execution, 'created' | 'started_at' | 'finished_at' | 'updated'>): number =>
  secondsBetween(execution.started_at ?? execution.created, execution.finished_at ?? execution.updated);

/** Uploads a copy of the pack, whose `sleep-for` then gets this limit, in seconds. */
export const limitSleepAction = async (ctx: Context, limit: number): Promise<void> => {
  await ctx.ownCopy('e2e');
  await ctx.client.actions.update(ctx.action('sleep-for'), { timeout_seconds: limit });
};
