// Spec: an unanswered inquiry expires once, on time, with its default response or a timeout.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { isTimedOutByInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { passLifetime, startExpiring } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask, onApproval, onDenial } from '../../../helpers/scenario/resources/inquiry-task';
import { expectFailedBy, expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { paramsOf, runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { expectRunsInTime } from '../../../helpers/scenario/time/runs-in-time';

/** Of an inquiry, seconds. */
const LIFETIME = 2;
/** Of one that is answered in time, seconds. */
const LONG_LIFETIME = 6;

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'executions.intervals', 'ledger.shared'];

const DEFAULTS = [...NEEDS, 'inquiries.default_response'];

claim.time('T2.7a', DEFAULTS, 'expiry applies the default and the workflow continues with it', async (ctx) => {
  await ctx.pack('e2e');
  const response = { approved: false, reason: ctx.nonce };
  const gate = inquiryTask({ default_response: response }, { next: [onApproval('yes'), onDenial('no')] });
  const { id, inquiry } = await startExpiring(ctx, LIFETIME, gate, [
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);
  expect(inquiry).toMatchObject({ status: 'pending', response: null });

  const [ended] = await passLifetime(ctx, LIFETIME, inquiry);
  await expectRunsInTime(ctx, id, 'completed', { yes: 0, no: 1 });

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

claim.time('T2.7b', NEEDS, 'expiry without default times out the gate and fails the workflow', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startBesideControl(ctx, LIFETIME);

  const [ended] = await passLifetime(ctx, LIFETIME, inquiry);
  await expectRunsInTime(ctx, id, 'failed', { beside: 1, apply: 0 });

  expect(ended!.response).toBeNull();
  const gate = await ctx.client.executions.get(inquiry.execution);
  expect(isTimedOutByInquiry(gate)).toBe(true);
  expect(gate.result).toMatchObject({ error: 'inquiry timed out', __inquiry_id: inquiry.id });
  await expectTasks(ctx, id, { gate: 'timeout', beside: 'completed' });
  await expectFailedBy(ctx, id, 'gate');
});

claim.time('T2.7c', NEEDS, 'a response before the deadline is final', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startBesideControl(ctx, LONG_LIFETIME);

  const response = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const root = await waitForStatus(ctx, id);
  await ctx.time.pass(LONG_LIFETIME + 1);

  expect(await ctx.client.inquiries.get(inquiry.id)).toEqual(response);
  expect(await ctx.client.executions.get(id)).toEqual(root);
  expect(response).toMatchObject({ status: 'responded', response: { approved: true, nonce: ctx.nonce } });
  expect(secondsBetween(response.responded_at ?? '', inquiry.timeout_at!)).toBeGreaterThan(0);
  await expectTasks(ctx, id, { gate: 'completed', apply: 'completed', beside: 'completed' });
  expect(runsOf(ctx, 'apply')).toBe(1);
});

claim.time('T2.7e', NEEDS, 'a response after expiry is rejected and changes nothing', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startBesideControl(ctx, LIFETIME);
  const { inquiries, executions } = ctx.client;

  const [ended] = await passLifetime(ctx, LIFETIME, inquiry);
  const root = await waitForStatus(ctx, id, 'failed');
  const rejection = { status: ctx.facts.choices.secondAnswerStatus };
  await expect(inquiries.respond(inquiry.id, { approved: true })).rejects.toMatchObject(rejection);
  if (ctx.canProve('inquiries.response_schema'))
    await expect(inquiries.update(inquiry.id, { response: { approved: true } })).rejects.toMatchObject(rejection);

  await expectRunsInTime(ctx, id, 'failed', { beside: 1, apply: 0 });
  expect(await inquiries.get(inquiry.id)).toEqual(ended);
  expect(ended!.response).toBeNull();
  expect(await executions.get(id)).toEqual(root);
  await expectTasks(ctx, id, { gate: 'timeout', beside: 'completed' });
});

claim.realTime('T2.7j', NEEDS, 'an inquiry expires by the clock of the platform', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startBesideControl(ctx, 1);

  await passLifetime(ctx, 1, inquiry);

  await waitForStatus(ctx, id, 'failed');
});
