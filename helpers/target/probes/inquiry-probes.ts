import type { Inquiry } from '../../../contract/inquiries';
import type { JsonObject } from '../../../contract/json';
import { rejectionStatus } from '../../client/rejection-status';
import { inquiryToBe, taskToCreateInquiry } from '../../scenario/conditions/inquiry-conditions';
import { executionToBe, predicateToHold } from '../../scenario/conditions/execution-conditions';
import { stays, until } from '../../scenario/polling';
import { inquiryTask } from '../../scenario/resources/inquiry-task';
import { onSuccess, type Task } from '../../scenario/resources/workflow-task';
import { apiPack } from './pack-probes';
import {
  completedExecution,
  ledgerInput,
  probeTask,
  requireThat,
  startProbeWorkflow,
  untilDoneBy,
  type Probe,
  type ProbeContext,
} from './probe-context';

const SCHEMA = { approved: { type: 'boolean', required: true } };
const TIMEOUT_SECONDS = 1;
/** How long an execution is observed after the end of its process, ms. */
const SUSPENSION_MS = 500;

/** A response completes the task that created the inquiry, and its workflow. */
export const probeInquiry: Probe = async (context) => {
  const { root, inquiry } = await createInquiry(context, 'asks', inquiryTask({}));
  await context.client.inquiries.respond(inquiry.id, { approved: true });
  await completedExecution(context, root);
};

/** An inquiry without a response expires. */
export const probeInquiryExpiry: Probe = async (context) => {
  await expiredInquiry(context, 'expires', {});
};

/** An inquiry that expires has its default response. */
export const probeDefaultResponse: Probe = async (context) => {
  const input = { timeout_seconds: TIMEOUT_SECONDS, default_response: { approved: false } };
  const { id, defaulted } = await expiredInquiry(context, 'defaults', input);
  requireThat(defaulted === true, `inquiry ${id} expired without its default response`);
};

/** A response that violates the schema is rejected. */
export const probeResponseSchema: Probe = async (context) => {
  const task = inquiryTask({ response_schema: SCHEMA, strict: true });
  const { inquiry } = await createInquiry(context, 'validates', task);
  const status = await rejectionStatus(context.client.inquiries.respond(inquiry.id, { approved: 'yes' }));
  requireThat(status !== null, `inquiry ${inquiry.id} accepted a response that violates its schema`);
  requireThat(status < 500, `inquiry ${inquiry.id} answered ${status} to a response that violates its schema`);
};

/** A script's execution does not end with its process, but with the response to its inquiry. */
export const probeScriptInquiry: Probe = async (context) => {
  const { client, ledger } = context;
  const action = `${await apiPack(context)}.ask-from-script`;
  const input = { ...ledgerInput(context, 'gate'), prompt: 'probe', response_schema: SCHEMA };
  const gate = { name: 'gate', action, input };
  const { root, inquiry } = await createInquiry(context, 'scripts', gate);
  const status = async () => (await client.executions.get(inquiry.execution)).status;
  const processEnd = predicateToHold(
    'the process of the script to end',
    () => ledger.entries('gate', 'end').length > 0,
  );
  await until(processEnd, context.deadline());
  const fence = executionToBe('completed', client, await startThreeProcesses(context));
  await stays(status, 'running', fence, context.deadline(SUSPENSION_MS) - performance.now(), context.deadline());
  await client.inquiries.respond(inquiry.id, { approved: true });
  await completedExecution(context, root);
};

/**
 * Starts a workflow of three processes, one after the other: even on a busy host it takes longer
 * than the exit of one process and the record of its end.
 */
const startThreeProcesses = (context: ProbeContext): Promise<number> =>
  startProbeWorkflow(context, 'follows', [
    probeTask(context, 'first', 'append-ledger', {}, { next: [onSuccess('second')] }),
    probeTask(context, 'second', 'append-ledger', {}, { next: [onSuccess('third')] }),
    probeTask(context, 'third', 'append-ledger'),
  ]);

/** Runs a workflow with the task `gate` until that has created its inquiry. */
async function createInquiry(
  context: ProbeContext,
  name: string,
  gate: Task,
): Promise<{ root: number; inquiry: Inquiry }> {
  const root = await startProbeWorkflow(context, name, [gate]);
  const condition = taskToCreateInquiry('gate', context.client, root);
  return { root, inquiry: await untilDoneBy(context, root, condition, context.deadline()) };
}

/** An inquiry after its expiry. */
async function expiredInquiry(context: ProbeContext, name: string, input: JsonObject): Promise<Inquiry> {
  const { inquiry } = await createInquiry(context, name, inquiryTask(input, { timeout: TIMEOUT_SECONDS }));
  return until(inquiryToBe('timeout', context.client, inquiry.id), context.deadline());
}
