import type { Context } from '../claim';
import { waitForAll } from '../resources/ended-executions';
import { shortestLimitSeconds, timeoutMarker } from '../resources/execution-limits';
import { childOf, runsOf } from '../resources/workflow-runs';
import { onFailure, onTimeout, task, type Parameters } from '../resources/workflow-task';
import { PROGRAM_START_MS, startPinned } from './limits';

/** A task with a failure branch and a timeout branch. */
export interface Branching {
  readonly action: string;
  readonly input: Parameters;
  /** It gets the limit. */
  readonly limited?: boolean;
}

/** Plans a limit after which the program of the action is ready for a signal, seconds. */
export const planReadyLimit = (ctx: Context): number => {
  const limit = 2 * shortestLimitSeconds(ctx.facts.capabilities) + PROGRAM_START_MS / 1_000;
  ctx.plan(limit * 1_000);
  return limit;
};

/** Runs each task in a workflow of its own. Returns the tasks, and how often each branch ran. */
export const runBranching = async (ctx: Context, limit: number, tasks: Readonly<Record<string, Branching>>) => {
  const names = Object.keys(tasks);
  const start = async (name: string) => {
    const { action, input, limited = false } = tasks[name]!;
    const next = [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
    const branches = ['failure', 'expiry'].map((branch) => task(ctx, `${name}-${branch}`, 'append-ledger'));
    const first = { ...task(ctx, name, action, input, ...next), ...(limited && { timeout: limit }) };
    return startPinned(ctx, name, [first, ...branches]);
  };
  const ids = await Promise.all(names.map(start));
  await waitForAll(ctx, ids);
  const children = await Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  const runs = names.map((name) => ['failure', 'expiry'].map((branch) => runsOf(ctx, `${name}-${branch}`)));
  return { children, runs };
};

/** Of each task, whether it has timed out: by its result, its record, and the branch that ran. */
export const expectTimedOut = (
  ctx: Context,
  { children, runs }: Awaited<ReturnType<typeof runBranching>>,
  expected: boolean[],
) => {
  const marks = children.map((child) => timeoutMarker(child, ctx.facts.capabilities));
  expect(marks).toEqual(expected.map((isTimedOut) => ({ isTimedOut, level: isTimedOut ? 'task' : null })));
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual(expected);
  expect(runs).toEqual(expected.map((isTimedOut) => (isTimedOut ? [0, 1] : [1, 0])));
};
