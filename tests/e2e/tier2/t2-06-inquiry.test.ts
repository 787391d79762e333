// Spec: an inquiry suspends its workflow until the first response and passes that response on.
import { writeFileSync } from 'node:fs';
import { inquiryTask, onApproval, onDenial } from '../../../helpers/scenario/resources/inquiry-task';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import {
  inquiriesToBe,
  inquiryToBe,
  isBlockedOnInquiry,
  processesToExit,
  taskToCreateInquiry,
} from '../../../helpers/scenario/conditions/inquiry-conditions';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { stays, until } from '../../../helpers/scenario/polling';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/scenario/resources/workflow-task';
import { expectRunsAtEnd, paramsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];
const STRICT = [...NEEDS, 'inquiries.response_schema'];

const APPROVAL = { approved: { type: 'boolean', required: true }, comment: { type: 'string' } };

/** Starts a workflow and waits for the inquiry of its task `gate`. */
const startWithInquiry = async (ctx: Context, tasks: Task[], name = 'flow') => {
  const id = await startWorkflow(ctx, tasks, { name });
  return { id, inquiry: await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline) };
};

/** The inquiry's status, and whether its execution waits for it. */
const stateOf = async (ctx: Context, inquiry: { id: number; execution: number }) => {
  const [inquiryNow, gateExecution] = await Promise.all([
    ctx.client.inquiries.get(inquiry.id),
    ctx.client.executions.get(inquiry.execution),
  ]);
  return { inquiry: inquiryNow.status, waits: isBlockedOnInquiry(gateExecution, inquiryNow) };
};

/** Starts prepare → gate → apply with this gate task, and waits for the inquiry of the gate. */
const startApproval = (ctx: Context, gate: Task) => {
  const prepare = task(ctx, 'prepare', 'append-ledger', {}, onSuccess('gate'));
  const apply = task(ctx, 'apply', 'echo-params', { comment: '{{ task.gate.response.comment }}' });
  return startWithInquiry(ctx, [prepare, { ...gate, next: [onSuccess('apply')] }, apply]);
};

type Approval = Awaited<ReturnType<typeof startWithInquiry>>;

/**
 * While the inquiry is pending: the gate and the workflow are running, and `apply` never starts.
 */
const expectSuspended = async (ctx: Context, { id, inquiry }: Approval) => {
  const pending = inquiryToBe('pending', ctx.client, inquiry.id);
  await stays(() => runsOf(ctx, 'apply'), 0, pending, ctx.quietMs, ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [prepare, gate] = [onlyChildOfTask('prepare', children), onlyChildOfTask('gate', children)];
  expect(statusByTask(children)).toEqual({ prepare: 'completed', gate: 'running' });
  expect(await ctx.client.inquiries.ofExecution(gate.id)).toMatchObject([{ id: inquiry.id }]);
  expect(await stateOf(ctx, inquiry)).toEqual({ inquiry: 'pending', waits: true });
  expect(parseInstant(inquiry.created)).toBeGreaterThanOrEqual(recordedInterval(prepare).finish);
  expect((await ctx.client.executions.get(id)).status).toBe('running');
};

/** The response completes gate and workflow, and starts `apply` once, later, with the response. */
const expectResumedOnce = async (ctx: Context, { id, inquiry }: Approval) => {
  const response = { approved: true, comment: ctx.nonce };
  const { responded_at: respondedAt } = await ctx.client.inquiries.respond(inquiry.id, response);
  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1 });

  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ prepare: 'completed', gate: 'completed', apply: 'completed' });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response });
  const { result } = await ctx.client.executions.get(inquiry.execution);
  expect(result).toMatchObject({ response, __inquiry_id: inquiry.id });
  expect(await paramsOf(ctx, id, 'apply')).toEqual({ ...ctx.ledgerInput('apply'), comment: ctx.nonce });
  const applied = recordedInterval(onlyChildOfTask('apply', children));
  expect(applied.start).toBeGreaterThanOrEqual(parseInstant(respondedAt!));
};

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

const ENDS_EARLY = [...FROM_ACTIONS, 'inquiries.expiry', 'durations.fractional'];

claim('T2.6h', ENDS_EARLY, 'an inquiry that ends before its script ends the execution after it', async (ctx) => {
  await ctx.pack('e2e-api');
  const release = `${ctx.ledger.path}.release`;
  const start = async (label: string, action: string, more: Parameters = {}) => {
    const parameters = { ...ctx.ledgerInput(label), prompt: 'Continue?', release, ...more };
    const { id } = await ctx.client.executions.execute({ action_ref: ctx.action(action), parameters });
    const [inquiry] = await until(inquiriesToBe(1, ctx.client, { execution: id }), ctx.deadline);
    return { id, inquiry: inquiry!.id };
  };
  const answered = await start('answered', 'ask-as-text');
  const expired = await start('expired', 'ask-from-script', { timeout_seconds: 0.5 });

  await ctx.client.inquiries.respond(answered.inquiry, { approved: true });
  await until(inquiryToBe('timeout', ctx.client, expired.inquiry), ctx.deadline);
  const running = await Promise.all([answered, expired].map(({ id }) => ctx.client.executions.get(id)));
  const ended = ['answered', 'expired'].map((label) => ctx.ledger.entries(ctx.ledgerInput(label).key, 'end'));
  writeFileSync(release, '');
  const success = await until(executionToBe('completed', ctx.client, answered.id), ctx.deadline);
  const failure = await until(executionToBe('timeout', ctx.client, expired.id), ctx.deadline);

  expect([running.map(({ status }) => status), ended]).toEqual([Array(2).fill('running'), [[], []]]);
  const data = `{"status":201,"inquiry":${answered.inquiry}}\n`; // as its program printed it
  expect(success.result).toMatchObject({ data, __inquiry_id: answered.inquiry, response: { approved: true } });
  expect(failure.result).toMatchObject({ error: 'inquiry timed out', __inquiry_id: expired.inquiry });
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

  await expectRunsAtEnd(ctx, id, 'completed', { yes: 0 });
  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ gate: 'completed', no: 'completed' });
  expect(runsOf(ctx, 'no')).toBe(1);
  expect(await paramsOf(ctx, id, 'no')).toEqual({ ...ctx.ledgerInput('no'), reason: ctx.nonce });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response });
});

claim('T2.6c', NEEDS, 'each field of a five-field form is stored and passed on', async (ctx) => {
  await ctx.pack('e2e');
  const form = {
    approved: { type: 'boolean', required: true },
    level: { type: 'string', enum: ['low', 'high'], required: true },
    comment: { type: 'string' },
    due: { type: 'string', format: 'date' },
    copies: { type: 'integer' },
  };
  const seconds = 1_000.25;
  const lifetime = ctx.canProve('inquiries.default_response') && { timeout_seconds: seconds };
  const fields = Object.keys(form).map((name) => [name, `{{ result().response.${name} }}`]);
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask({ response_schema: form, ...lifetime }, { next: [onSuccess('apply')] }),
    task(ctx, 'apply', 'echo-params', Object.fromEntries(fields) as Parameters),
  ]);

  const response = { approved: true, level: 'high', comment: ctx.nonce, due: '2026-02-28', copies: 7 };
  await ctx.client.inquiries.respond(inquiry.id, response);
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ response_schema: form, response });
  expect(inquiry.response_schema).toEqual(form);
  if (lifetime)
    expect(parseInstant(inquiry.timeout_at!) - parseInstant(inquiry.created)).toBeCloseTo(1_000 * seconds, -2);
  expect(await paramsOf(ctx, id, 'apply')).toEqual({ ...ctx.ledgerInput('apply'), ...response });
});

claim('T2.6d', NEEDS, 'lists show pending inquiries once, and only the assignee responds', async (ctx) => {
  await ctx.pack('e2e');
  const { id: me, client } = await createTestUser(ctx, null);
  const startForApprover = (name: string) => startWithInquiry(ctx, [inquiryTask({ assigned_to: me })], name);
  const flows = [
    await startForApprover('one'),
    await startForApprover('two'),
    await startForApprover('three'),
  ] as const;
  const ids = flows.map(({ inquiry }) => inquiry.id);
  const pageOf = async (offset: number) => {
    const { items, pagination } = await client.inquiries.page(
      { status: 'pending', assigned_to: me },
      { limit: 2, offset },
    );
    return [items.map((row) => row.id), pagination.total_items, pagination.page, pagination.page_size];
  };
  const listed = async (status: string) =>
    (await client.inquiries.list({ status, assigned_to: me })).map((row) => [row.id, row.has_response]);

  const pages = [await pageOf(0), await pageOf(1), await pageOf(2)];
  await expect(ctx.client.inquiries.respond(ids[0]!, { approved: true })).rejects.toMatchObject({ status: 403 });
  await client.inquiries.respond(ids[1]!, { approved: true });
  await until(executionToBe('completed', ctx.client, flows[1].id), ctx.deadline);

  expect(pages).toEqual([
    [[ids[2], ids[1]], 3, 1, 2],
    [[ids[1], ids[0]], 3, 1, 2],
    [[ids[0]], 3, 2, 2],
  ]);
  expect(await pageOf(0)).toEqual([[ids[2], ids[0]], 2, 1, 2]);
  expect(await listed('pending')).toEqual([ids[2], ids[0]].map((id) => [id, false]));
  expect(await listed('responded')).toEqual([[ids[1], true]]);
  const others = await Promise.all([flows[0], flows[2]].map(({ inquiry }) => stateOf(ctx, inquiry)));
  expect(others).toEqual(Array(2).fill({ inquiry: 'pending', waits: true }));
  const roots = await Promise.all([flows[0], flows[2]].map(({ id }) => ctx.client.executions.get(id)));
  expect(roots.map(({ status }) => status)).toEqual(['running', 'running']);
  const other = await createTestUser(ctx, null);
  await ctx.client.inquiries.update(ids[2]!, { assigned_to: other.id });
  await expect(client.inquiries.respond(ids[2]!, { approved: true })).rejects.toMatchObject({ status: 403 });
  await other.client.inquiries.respond(ids[2]!, { approved: true });
  await until(executionToBe('completed', ctx.client, flows[2].id), ctx.deadline);
});

claim('T2.6e', NEEDS, 'a second response is rejected and changes nothing', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask({}, { next: [onApproval('apply'), onDenial('denied')] }),
    task(ctx, 'apply', 'append-ledger'),
    task(ctx, 'denied', 'append-ledger'),
  ]);

  const first = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: false })).rejects.toMatchObject({ status });
  if (ctx.canProve('inquiries.response_schema')) {
    const update = ctx.client.inquiries.update(inquiry.id, { response: { approved: false } });
    await expect(update).rejects.toMatchObject({ status });
  }

  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1, denied: 0 });
  expect(await ctx.client.inquiries.get(inquiry.id)).toEqual(first);
  expect(first.response).toEqual({ approved: true, nonce: ctx.nonce });
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
});

const NO_DATES = ['2026-02-30', '2026-13-01', '2026-00-10', '26-01-01', '2026-1-01', '2026-01-01T00:00:00Z', ''];
const NO_INSTANTS = [
  ...['2026-01-01', '2026-02-29T10:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T10:60:00Z', '2026-01-01T10:00:60Z'],
  ...['2026-01-01T10:00:00', '2026-01-01T10:00Z', '2026-01-01T10:00:00.Z', '2026-01-01T10:00:00+5', 'noon'],
];

claim('T2.6f', STRICT, 'a response outside the schema is rejected and the gate keeps waiting', async (ctx) => {
  await ctx.pack('e2e');
  const schema = {
    approved: { type: 'boolean', required: true },
    level: { enum: ['low', 'high'] },
    due: { format: 'date' },
    at: { format: 'date-time' },
    address: { type: 'object', properties: { zip: { type: 'string' } }, required: ['zip'] },
  };
  const { id, inquiry } = await startWithInquiry(ctx, [
    inquiryTask({ response_schema: schema, strict: true }, { next: [onSuccess('apply')] }),
    task(ctx, 'apply', 'append-ledger'),
  ]);
  const expectRejection = async (response: Parameters, field: string) => {
    const rejection = { status: 422, message: expect.stringContaining(`response/${field}`) as string };
    await expect(ctx.client.inquiries.respond(inquiry.id, response)).rejects.toMatchObject(rejection);
    expect(await stateOf(ctx, inquiry)).toEqual({ inquiry: 'pending', waits: true });
    expect(runsOf(ctx, 'apply')).toBe(0);
  };

  await expectRejection({}, 'approved');
  await expectRejection({ approved: 'yes' }, 'approved');
  await expectRejection({ approved: true, level: 'x' }, 'level');
  for (const due of NO_DATES) await expectRejection({ approved: true, due }, 'due');
  for (const at of NO_INSTANTS) await expectRejection({ approved: true, at }, 'at');
  await expectRejection({ approved: true, address: {} }, 'address');

  const update = ctx.client.inquiries.update(inquiry.id, { response: { approved: 'yes' } });
  await expect(update).rejects.toMatchObject({ status: 422 });
  expect(await stateOf(ctx, inquiry)).toEqual({ inquiry: 'pending', waits: true });

  const response_schema = { type: 'array', items: { type: 'integer' } };
  const list = await startWithInquiry(ctx, [inquiryTask({ response_schema, strict: true })], 'list');
  for (const response of [{ items: [1] }, ['1']])
    await expect(ctx.client.inquiries.respond(list.inquiry.id, response)).rejects.toMatchObject({ status: 422 });
  await ctx.client.inquiries.respond(list.inquiry.id, [1]);
  await expectRunsAtEnd(ctx, list.id, 'completed', {});

  const accepted = { approved: true, level: 'low', due: '2028-02-29', at: '2026-12-31T23:59:59.5+05:30' };
  await ctx.client.inquiries.respond(inquiry.id, accepted);
  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1 });
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
});
