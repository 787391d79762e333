import type { Context } from '../context';
import { startWorkflow } from './workflow-runs';
import { onSuccess, task, type Parameters, type Task } from './workflow-task';

/** A task `flaky` whose first `n` processes fail; `after` then receives the attempt number. */
export const flakyTasks = (ctx: Context, n: number, retry: Parameters): Task[] => [
  { ...task(ctx, 'flaky', 'fail-n-times', { n }, onSuccess('after')), retry },
  task(ctx, 'after', 'echo-params', { attempt: '{{ task.flaky.attempt }}' }),
];

/** Starts a workflow of these tasks. Returns its id. */
export const startFlaky = async (ctx: Context, n: number, retry: Parameters): Promise<number> => {
  await ctx.pack('e2e');
  return startWorkflow(ctx, flakyTasks(ctx, n, retry));
};
