// Spec: an unanswered inquiry expires once, on time, with its default response or a timeout.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { isTimedOutByInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { workflowInterval } from '../../../helpers/scenario/intervals';
import { stays } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { openPacks, startExpiring, waitForExpiry } from '../../../helpers/scenario/resources/expiring-inquiries';
import {
  inquiryTask,
  inquiryTimeoutSeconds,
  onApproval,
  onDenial,
} from '../../../helpers/scenario/resources/inquiry-task';
import { expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { expectRunsAtEnd, paramsOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { expectOnTime, lifetimeSeconds, sweepDelayMs } from '../../../helpers/scenario/time/inquiry-lifetime';
import { checkDelay } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'executions.intervals', 'ledger.shared'];

const DEFAULTS = [...NEEDS, 'inquiries.default_response'];

claim.concurrent('T2.7a', DEFAULTS, 'expiry applies the default and the workflow continues with it', async (ctx) => {
  await openPacks(ctx);
  const response = { approved: false, reason: ctx.nonce };
  const gate = inquiryTask({ default_response: response }, { next: [onApproval('yes'), onDenial('no')] });
  const { id, inquiry, timeout } = await startExpiring(ctx, lifetimeSeconds(ctx), gate, [
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);
  expect(inquiry).toMatchObject({ status: 'pending', response: null });

  const ended = await waitForExpiry(ctx, inquiry);
  await expectRunsAtEnd(ctx, id, 'completed', { yes: 0, no: 1 });

  expectOnTime(ctx, ended, timeout);
  expect(ended).toMatchObject({ response, defaulted: true, responded_at: null });
  const { result } = await ctx.client.executions.get(inquiry.execution);
  expect(result).toMatchObject({ response, defaulted: true, __inquiry_id: inquiry.id });
  await expectTasks(ctx, id, { gate: 'completed', no: 'completed' });
  expect(await paramsOf(ctx, id, 'no')).toEqual({ ...ctx.ledgerInput('no'), reason: ctx.nonce });
});

/** A gate, `apply` after its success, and the control `beside`, which does not depend on it. */
const startBesideControl = (ctx: Context, timeout: number) =>
  startExpiring(
    ctx,
    timeout,
    inquiryTask({}, { next: [onSuccess('apply')] }),
    ['beside', 'apply'].map((name) => task(ctx, name, 'append-ledger')),
  );

claim.concurrent('T2.7b', NEEDS, 'expiry without default times out the gate and fails the workflow', async (ctx) => {
  await openPacks(ctx);
  const { id, inquiry, timeout } = await startBesideControl(ctx, lifetimeSeconds(ctx));

  const ended = await waitForExpiry(ctx, inquiry);
  await expectRunsAtEnd(ctx, id, 'failed', { beside: 1, apply: 0 });

  expectOnTime(ctx, ended, timeout);
  expect(ended.response).toBeNull();
  const gate = await ctx.client.executions.get(inquiry.execution);
  expect(isTimedOutByInquiry(gate)).toBe(true);
  expect(gate.result).toMatchObject({ error: 'inquiry timed out', __inquiry_id: inquiry.id });
  await expectTasks(ctx, id, { gate: 'timeout', beside: 'completed' });
  await expectFailedBy(ctx, id, 'gate');
});

claim.concurrent('T2.7c', NEEDS, 'a response before the deadline is final', async (ctx) => {
  await openPacks(ctx);
  const { id, inquiry, timeout } = await startBesideControl(ctx, inquiryTimeoutSeconds(3, ctx));

  const response = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const root = await waitForStatus(ctx, id);

  const pastMs = timeout * 1_000 + sweepDelayMs(ctx) + ctx.quietMs;
  const records = () => Promise.all([ctx.client.inquiries.get(inquiry.id), ctx.client.executions.get(id)]);
  await stays(records, [response, root], executionToBe('completed', ctx.client, id), pastMs, ctx.deadline);
  expect(response).toMatchObject({ status: 'responded', response: { approved: true, nonce: ctx.nonce } });
  const respondedAt = parseInstant(response.responded_at ?? '');
  const leftMs = parseInstant(inquiry.created) + timeout * 1_000 - respondedAt;
  expect(checkDelay(workflowInterval(root).finish - respondedAt, leftMs, ctx.slackMs('run'))).toBe('not waited');
  await expectTasks(ctx, id, { gate: 'completed', apply: 'completed', beside: 'completed' });
  expect(runsOf(ctx, 'apply')).toBe(1);
});

claim.concurrent('T2.7e', NEEDS, 'a response after expiry is rejected and changes nothing', async (ctx) => {
  await openPacks(ctx);
  const { id, inquiry } = await startBesideControl(ctx, inquiryTimeoutSeconds(2, ctx));
  const { inquiries, executions } = ctx.client;

  const ended = await waitForExpiry(ctx, inquiry);
  const root = await waitForStatus(ctx, id, 'failed');
  const rejection = { status: ctx.facts.choices.secondAnswerStatus };
  await expect(inquiries.respond(inquiry.id, { approved: true })).rejects.toMatchObject(rejection);
  if (ctx.canProve('inquiries.response_schema'))
    await expect(inquiries.update(inquiry.id, { response: { approved: true } })).rejects.toMatchObject(rejection);

  await expectRunsAtEnd(ctx, id, 'failed', { beside: 1, apply: 0 });
  expect(await inquiries.get(inquiry.id)).toEqual(ended);
  expect(ended.response).toBeNull();
  expect(await executions.get(id)).toEqual(root);
  await expectTasks(ctx, id, { gate: 'timeout', beside: 'completed' });
});
