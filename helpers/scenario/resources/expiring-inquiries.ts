import type { Inquiry } from '../../../contract/inquiries';
import { predicateToHold } from '../conditions/execution-conditions';
import { inquiryToBe } from '../conditions/inquiry-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import { waitForInquiry, type Approval } from './approvals';
import { runToEnd } from './ended-executions';
import { attemptsOf } from './workflow-runs';
import type { Task } from './workflow-task';

/**
 * Opens the packs of a test, and runs a trivial action: lifetimes are chosen by the slowest
 * response so far.
 */
export async function openPacks(ctx: Context): Promise<void> {
  await Promise.all([ctx.pack('e2e'), ctx.ownPack()]);
  await runToEnd(ctx, 'append-ledger', ctx.ledgerInput('trivial'));
}

/** Executes a workflow, and waits for the inquiry of its task `gate`. */
export async function startFlow(ctx: Context, ref: string): Promise<Approval> {
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  return waitForInquiry(ctx, id);
}

/** The same for a new workflow of a gate with this timeout, seconds, and other tasks. */
export async function startExpiring(
  ctx: Context,
  timeout: number,
  gate: Task,
  others: Task[],
): Promise<Approval & { timeout: number }> {
  const { ref } = await ctx.workflow([{ ...gate, timeout }, ...others]);
  return { ...(await startFlow(ctx, ref)), timeout };
}

/** Waits until the inquiry has expired. Returns it. */
export const waitForExpiry = (ctx: Context, { id }: { id: number }): Promise<Inquiry> =>
  until(inquiryToBe('timeout', ctx.client, id), ctx.deadline);

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
