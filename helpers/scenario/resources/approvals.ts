import type { Inquiry } from '../../../contract/inquiries';
import { parseInstant } from '../../instant';
import { executionToBe } from '../conditions/execution-conditions';
import { inquiryToBe, isBlockedOnInquiry, taskToCreateInquiry } from '../conditions/inquiry-conditions';
import type { Context } from '../context';
import { recordedInterval } from '../intervals';
import { stays, until } from '../polling';
import { childrenByTask, expectTasks } from './task-statuses';
import { expectRunsAtEnd, paramsOf, runsOf, startWorkflow } from './workflow-runs';
import { onSuccess, task, type Task } from './workflow-task';

export const APPROVAL = { approved: { type: 'boolean', required: true }, comment: { type: 'string' } };

/** A running workflow, and the pending inquiry of its task `gate`. */
export interface Approval {
  readonly id: number;
  readonly inquiry: Inquiry;
}

/** Waits until the task `gate` of a running workflow has created its inquiry. */
export const waitForInquiry = async (
  { client, deadline }: Pick<Context, 'client' | 'deadline'>,
  id: number,
): Promise<Approval> => ({ id, inquiry: await until(taskToCreateInquiry('gate', client, id), deadline) });

/** Starts a workflow and waits for the inquiry of its task `gate`. */
export const startWithInquiry = async (ctx: Context, tasks: Task[], name = 'flow'): Promise<Approval> =>
  waitForInquiry(ctx, await startWorkflow(ctx, tasks, { name }));

/** Answers an inquiry, and waits until the execution that asks has completed. */
export async function answerToEnd(ctx: Context, { id, execution }: Pick<Inquiry, 'id' | 'execution'>): Promise<void> {
  await ctx.client.inquiries.respond(id, {});
  await until(executionToBe('completed', ctx.client, execution), ctx.deadline);
}

/** The inquiry's status, and whether its execution waits for it. */
export const stateOfInquiry = async ({ client }: Context, inquiry: { id: number; execution: number }) => {
  const [inquiryNow, gateExecution] = await Promise.all([
    client.inquiries.get(inquiry.id),
    client.executions.get(inquiry.execution),
  ]);
  return { inquiry: inquiryNow.status, waits: isBlockedOnInquiry(gateExecution, inquiryNow) };
};

export const PENDING = { inquiry: 'pending', waits: true };

/** Starts prepare → gate → apply with this gate task, and waits for the inquiry of the gate. */
export const startApproval = (ctx: Context, gate: Task): Promise<Approval> => {
  const prepare = task(ctx, 'prepare', 'append-ledger', {}, onSuccess('gate'));
  const apply = task(ctx, 'apply', 'echo-params', { comment: '{{ task.gate.response.comment }}' });
  return startWithInquiry(ctx, [prepare, { ...gate, next: [onSuccess('apply')] }, apply]);
};

/**
 * While the inquiry is pending: the gate and the workflow are running, and `apply` never starts.
 */
export const expectSuspended = async (ctx: Context, { id, inquiry }: Approval): Promise<void> => {
  const pending = inquiryToBe('pending', ctx.client, inquiry.id);
  await stays(() => runsOf(ctx, 'apply'), 0, pending, ctx.quietMs, ctx.deadline);

  await expectTasks(ctx, id, { prepare: 'completed', gate: 'running' });
  const [prepare, gate] = await childrenByTask(ctx, id, 'prepare', 'gate');
  expect(await ctx.client.inquiries.ofExecution(gate!.id)).toMatchObject([{ id: inquiry.id }]);
  expect(await stateOfInquiry(ctx, inquiry)).toEqual(PENDING);
  expect(parseInstant(inquiry.created)).toBeGreaterThanOrEqual(recordedInterval(prepare!).finish);
  expect((await ctx.client.executions.get(id)).status).toBe('running');
};

/** The response completes gate and workflow, and starts `apply` once, later, with the response. */
export const expectResumedOnce = async (ctx: Context, { id, inquiry }: Approval): Promise<void> => {
  const response = { approved: true, comment: ctx.nonce };
  const { responded_at: respondedAt } = await ctx.client.inquiries.respond(inquiry.id, response);
  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1 });

  await expectTasks(ctx, id, { prepare: 'completed', gate: 'completed', apply: 'completed' });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response });
  const { result } = await ctx.client.executions.get(inquiry.execution);
  expect(result).toMatchObject({ response, __inquiry_id: inquiry.id });
  expect(await paramsOf(ctx, id, 'apply')).toEqual({ ...ctx.ledgerInput('apply'), comment: ctx.nonce });
  const [apply] = await childrenByTask(ctx, id, 'apply');
  expect(recordedInterval(apply!).start).toBeGreaterThanOrEqual(parseInstant(respondedAt!));
};

/** The inquiry is pending, its execution waits for it, and the workflow is running. */
export const expectWaiting = async (ctx: Context, { id, inquiry }: Approval): Promise<void> => {
  expect(await stateOfInquiry(ctx, inquiry)).toEqual(PENDING);
  expect((await ctx.client.executions.get(id)).status).toBe('running');
};
