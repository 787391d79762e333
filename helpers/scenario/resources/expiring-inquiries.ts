import type { Inquiry } from '../../../contract/inquiries';
import { secondsBetween } from '../../instant';
import { predicateToHold } from '../conditions/execution-conditions';
import { inquiryToBe } from '../conditions/inquiry-conditions';
import type { Context, TimeContext } from '../context';
import { until } from '../polling';
import { waitForInquiry, type Approval } from './approvals';
import { attemptsOf } from './workflow-runs';
import type { Task } from './workflow-task';

/** Executes a workflow, and waits for the inquiry of its task `gate`. */
export async function startFlow(ctx: Context, ref: string): Promise<Approval> {
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  return waitForInquiry(ctx, id);
}

/** The same for a new workflow of a gate with this timeout, seconds, and other tasks. */
export const startExpiring = async (ctx: Context, timeout: number, gate: Task, others: Task[]): Promise<Approval> =>
  startFlow(ctx, (await ctx.workflow([{ ...gate, timeout }, ...others])).ref);

/**
 * Passes the lifetime of inquiries that were created just now, seconds: each is pending until its
 * end, and expires then. Returns them.
 */
export async function passLifetime(
  ctx: TimeContext,
  seconds: number,
  ...inquiries: readonly Inquiry[]
): Promise<Inquiry[]> {
  const { client, time } = ctx;
  const statuses = () => Promise.all(inquiries.map(async ({ id }) => (await client.inquiries.get(id)).status));
  await time.expectNothingFor(seconds - 0.001, statuses);
  await time.pass(0.001);
  const expired = await Promise.all(inquiries.map(({ id }) => until(inquiryToBe('timeout', client, id), ctx.deadline)));
  const lifetimes = expired.map(({ created, updated }) => secondsBetween(created, updated));
  time.expectSeconds(
    lifetimes,
    expired.map(() => seconds),
  );
  return expired;
}

/** Waits until execution `n` of a task, 0 the first, has created an inquiry. Returns that. */
export async function inquiryOfRun(ctx: Context, root: number, task: string, n: number): Promise<Inquiry> {
  const read = async () => {
    const run = (await attemptsOf(ctx, root, task))[n];
    return run && (await ctx.client.inquiries.ofExecution(run.id))[0];
  };
  const exists = async () => (await read()) !== undefined;
  await until(predicateToHold(`execution ${n} of ${task} to create an inquiry`, exists), ctx.deadline);
  return ctx.client.inquiries.get((await read())!.id);
}
