// Spec: an inquiry suspends its workflow until the first response and passes that response on.
import { writeFileSync } from 'node:fs';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { inquiriesToBe, inquiryToBe, processesToExit } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import {
  APPROVAL,
  expectResumedOnce,
  expectSuspended,
  startApproval,
  startWithInquiry,
} from '../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask, onApproval, onDenial } from '../../../helpers/scenario/resources/inquiry-task';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { expectRunsAtEnd, paramsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];

claim('T2.6a', NEEDS, 'approval resumes the suspended workflow once, with the response', async (ctx) => {
  await ctx.pack('e2e');

  const approval = await startApproval(ctx, inquiryTask({ response_schema: APPROVAL }));

  expect(approval.inquiry.prompt).toBe('Approve?');
  await expectSuspended(ctx, approval);
  await expectResumedOnce(ctx, approval);
});

const FROM_ACTIONS = [...NEEDS, 'inquiries.from_actions', 'runtimes.node', 'host.processes'];

claim('T2.6g', FROM_ACTIONS, 'approval resumes a script that has no process while it waits', async (ctx) => {
  await ctx.pack('e2e-api');
  await ctx.pack('e2e');
  const input = { ...ctx.ledgerInput('script'), prompt: 'Continue?', response_schema: APPROVAL };

  const approval = await startApproval(ctx, { name: 'gate', action: ctx.action('ask-from-script'), input });
  const exited = await until(processesToExit(ctx.ledger, ctx.ledgerInput('script').key), ctx.deadline);

  expect(exited).toHaveLength(1);
  await expectSuspended(ctx, approval);
  await expectResumedOnce(ctx, approval);
  const { execution, id: inquiry } = approval.inquiry;
  expect((await ctx.client.executions.get(execution)).result).toMatchObject({ data: { status: 201, inquiry } });
});

/** Starts a script that ends at `release`. Returns its id and that of its inquiry. */
const startScript = async (ctx: Context, action: string, release: string, more: Parameters = {}) => {
  await ctx.pack('e2e-api');
  const parameters = { ...ctx.ledgerInput('script'), prompt: 'Continue?', release, ...more };
  const { id } = await ctx.client.executions.execute({ action_ref: ctx.action(action), parameters });
  const [inquiry] = await until(inquiriesToBe(1, ctx.client, { execution: id }), ctx.deadline);
  return { id, inquiry: inquiry!.id };
};

/** The execution is running, and its script has not ended. Ends the script. */
const endScript = async (ctx: Context, { id }: { id: number }, release: string) => {
  const { status } = await ctx.client.executions.get(id);
  const ends = ctx.ledger.entries(ctx.ledgerInput('script').key, 'end');
  expect([status, ends]).toEqual(['running', []]);
  writeFileSync(release, '');
};

claim('T2.6h', FROM_ACTIONS, 'a response that comes before its script ends completes the execution', async (ctx) => {
  const release = `${ctx.ledger.path}.release`;
  const { id, inquiry } = await startScript(ctx, 'ask-as-text', release);

  await ctx.client.inquiries.respond(inquiry, { approved: true });
  await endScript(ctx, { id }, release);
  const { result } = await waitForStatus(ctx, id);

  const data = `{"status":201,"inquiry":${inquiry}}\n`; // as its program printed it
  expect(result).toMatchObject({ data, __inquiry_id: inquiry, response: { approved: true } });
  const { stdout_tail: stdout, stderr_tail: stderr } = await ctx.client.executions.tree(id);
  expect([stdout, stderr]).toEqual([data, `inquiry ${inquiry}\n`]);
});

const EXPIRES = [...FROM_ACTIONS, 'inquiries.expiry', 'durations.fractional'];

claim('T2.6k', EXPIRES, 'an inquiry that expires before its script ends the execution after it', async (ctx) => {
  const release = `${ctx.ledger.path}.release`;
  const { id, inquiry } = await startScript(ctx, 'ask-from-script', release, { timeout_seconds: 0.5 });

  await until(inquiryToBe('timeout', ctx.client, inquiry), ctx.deadline);
  await endScript(ctx, { id }, release);
  const { result } = await waitForStatus(ctx, id, 'timeout');

  expect(result).toMatchObject({ error: 'inquiry timed out', __inquiry_id: inquiry });
});

claim('T2.6b', NEEDS, 'rejection starts the denied branch only', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask({ response_schema: APPROVAL }, { next: [onApproval('yes'), onDenial('no')] }),
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);

  // `comment` is a text by the schema, which binds strict inquiries only
  const response = { approved: false, reason: ctx.nonce, comment: 5 };
  await ctx.client.inquiries.respond(inquiry.id, response);

  await expectRunsAtEnd(ctx, id, 'completed', { yes: 0, no: 1 });
  await expectTasks(ctx, id, { gate: 'completed', no: 'completed' });
  expect(await paramsOf(ctx, id, 'no')).toEqual({ ...ctx.ledgerInput('no'), reason: ctx.nonce });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response });
});

claim('T2.6e', NEEDS, 'a second response is rejected and changes nothing', async (ctx) => {
  await ctx.pack('e2e');
  const branches = ['apply', 'denied'].map((name) => task(ctx, name, 'append-ledger'));
  const gate = inquiryTask({}, { next: [onApproval('apply'), onDenial('denied')] });
  const { id, inquiry } = await startWithInquiry(ctx, [gate, ...branches]);
  const { inquiries } = ctx.client;

  const first = await inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const rejection = { status: ctx.facts.choices.secondAnswerStatus };
  await expect(inquiries.respond(inquiry.id, { approved: false })).rejects.toMatchObject(rejection);
  if (ctx.canProve('inquiries.response_schema'))
    await expect(inquiries.update(inquiry.id, { response: { approved: false } })).rejects.toMatchObject(rejection);

  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1, denied: 0 });
  expect(await inquiries.get(inquiry.id)).toEqual(first);
  expect(first.response).toEqual({ approved: true, nonce: ctx.nonce });
  await expectTasks(ctx, id, { gate: 'completed', apply: 'completed' });
});
