import type { Context } from '../../../../helpers/scenario/context';
import { waitForInquiry } from '../../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';

/** A workflow that waits for a response, with which it acknowledges its item. */
export const createApproval = async (ctx: Context): Promise<string> => {
  const item = { id: '{{ parameters.id }}', status: '{{ task.gate.response.status }}' };
  return (await ctx.workflow([inquiryTask({})], { output_map: { queue_ack: { version: 1, items: [item] } } })).ref;
};

/** Responds to the inquiry of a workflow, and waits until this has ended. */
export const respond = async (ctx: Context, id: number, status: string) => {
  const { inquiry } = await waitForInquiry(ctx, id);
  await ctx.client.inquiries.respond(inquiry.id, { status });
  return waitForStatus(ctx, id);
};
