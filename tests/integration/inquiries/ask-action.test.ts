import pino from 'pino';
import { expireInquiries } from '../../../platform/executor/loops/expire-inquiries';
import { REDACTED } from '../../../contract/json';
import { unsealResult } from '../../../platform/store/secrets/seal-state';
import { completed } from '../executor/with-executor';
import { ADMIN, withInquiryApi } from './with-inquiry-api';

const testPlatform = withInquiryApi();
const LOG = pino({ enabled: false });

test('core.ask runs without a worker until the response completes it', async () => {
  const { id, askTasks, inquiry } = await testPlatform.openInquiry('answered');

  expect(askTasks).toMatchObject([
    { status: 'running', worker: null, result: { inquiry_id: inquiry.id, status: 'pending' } },
  ]);
  expect(askTasks[0]!.started_at).toBe(inquiry.created);
  expect(await testPlatform.respond(inquiry.id, { approved: true })).toMatchObject({
    status: 200,
    body: { data: { status: 'responded', response: { approved: true }, defaulted: false } },
  });
  const answered = { response: { approved: true }, __inquiry_id: inquiry.id, __inquiry_created_published: true };
  expect(await testPlatform.get(askTasks[0]!.id)).toMatchObject({ status: 'completed', result: answered });
  await testPlatform.advance(id);
  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed' });
});

test('a secret in a response is sealed in the result of its execution', async () => {
  const response_schema = { user: { type: 'string' }, pin: { type: 'string', secret: true } };
  const { askTasks, inquiry } = await testPlatform.openInquiry('sealed', { response_schema });
  const [gate] = askTasks;
  const response = { user: 'me', pin: 'pin-4711' };
  const shown = { user: 'me', pin: REDACTED };

  const responded = await testPlatform.respond(inquiry.id, response);
  const read = await testPlatform.call('GET', `/inquiries/${inquiry.id}`);

  expect([responded, read].map(({ body }) => body.data.response)).toEqual([shown, shown]);
  expect(await testPlatform.get(gate!.id)).toMatchObject({ status: 'completed', result: { response: shown } });
  const stored = await testPlatform.db().inTenant(1, async (transaction) => {
    const row = await transaction.selectFrom('execution').selectAll().where('id', '=', gate!.id).executeTakeFirst();
    return unsealResult(transaction, row!).result;
  });
  expect(stored).toMatchObject({ response });
});

test('the execution of an inquiry reads a secret response', async () => {
  const { id: execution } = await testPlatform.request('test.act');
  const response_schema = { type: 'array', items: { type: 'string', secret: true } };
  const { body } = await testPlatform.call('POST', '/inquiries', { execution, prompt: 'Pins?', response_schema });
  const responded = await testPlatform.respond(body.data.id, ['pin-4711']);

  const own = await testPlatform.executionToken(execution);
  const read = await testPlatform.call('GET', `/inquiries/${body.data.id}`, undefined, own);

  expect([responded, read].map((one) => one.body.data.response)).toEqual([[REDACTED], ['pin-4711']]);
});

test('of twenty concurrent responses one is accepted', async () => {
  const { askTasks, inquiry } = await testPlatform.openInquiry('contended');

  const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => testPlatform.respond(inquiry.id, n)));

  const accepted = responses.filter(({ status }) => status === 200);
  expect([accepted.length, responses.filter(({ status }) => status === 400).length]).toEqual([1, 19]);
  const { result } = await testPlatform.get(askTasks[0]!.id);
  expect(result).toMatchObject({ response: accepted[0]!.body.data.response });
});

test('own executions and other identities may not respond to an inquiry', async () => {
  const outsider = await testPlatform.newUser('not-assigned');
  const { id, askTasks, inquiry } = await testPlatform.openInquiry('guarded', { assigned_to: ADMIN });
  const gate = askTasks[0]!.id;
  const below = await testPlatform
    .db()
    .inTenant(1, (transaction) =>
      transaction
        .insertInto('execution')
        .values({ action_ref: 'test.act', parent: gate, root: id, status: 'running', settled: true })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );

  const rejected = await Promise.all([
    testPlatform.respond(inquiry.id, 1, await testPlatform.executionToken(gate)),
    testPlatform.respond(inquiry.id, 1, await testPlatform.executionToken(below.id)),
    testPlatform.respond(inquiry.id, 1, outsider.token),
    testPlatform.call('PUT', `/inquiries/${inquiry.id}`, { status: 'cancelled' }, outsider.token),
    testPlatform.call('DELETE', `/inquiries/${inquiry.id}`, undefined, outsider.token),
  ]);

  expect(rejected.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(rejected[0].body.error).toContain('privilege loop');
  expect(rejected[1].body.error).toMatch(/descendant.*privilege loop/);
  expect(await testPlatform.respond(inquiry.id, 1)).toMatchObject({ status: 200 });
});

test('a strict inquiry rejects an invalid response and names the fields', async () => {
  const response_schema = { approved: { type: 'boolean', required: true }, level: { enum: ['low', 'high'] } };
  const { inquiry } = await testPlatform.openInquiry('strict', { response_schema, strict: true });

  const rejected = await testPlatform.respond(inquiry.id, { approved: 'yes', level: 'x' });

  expect(rejected).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
  const fields = [{ path: 'response/approved' }, { path: 'response/level' }];
  expect(rejected.body.details).toMatchObject({ reason: 'ANSWER_OFF_SCHEMA', fields });
  expect(await testPlatform.respond(inquiry.id, { approved: true, level: 'low' })).toMatchObject({ status: 200 });
});

test('the first end of an inquiry is final, and a later response names it', async () => {
  const answered = await testPlatform.openInquiry('ended-by-response', {});
  const cancelled = await testPlatform.openInquiry('ended-by-cancel', {});
  await testPlatform.respond(answered.inquiry.id, 1);
  await testPlatform.call('PUT', `/inquiries/${cancelled.inquiry.id}`, { status: 'cancelled' });

  const late = [
    await testPlatform.respond(answered.inquiry.id, 2),
    await testPlatform.respond(cancelled.inquiry.id, 2),
  ];

  const refused = (status: string) => ({ reason: 'INQUIRY_NOT_PENDING', status });
  expect(late).toMatchObject([
    { status: 400, body: { code: 'BAD_REQUEST', details: refused('responded') } },
    { status: 400, body: { code: 'BAD_REQUEST', details: refused('cancelled') } },
  ]);
  const { body } = await testPlatform.call('GET', `/inquiries/${answered.inquiry.id}`);
  expect(body.data).toMatchObject({ status: 'responded', response: 1 });
});

test('an expired inquiry completes with its default or times out without one', async () => {
  const expiring = await testPlatform.openInquiry('expiring', { timeout_seconds: 60 });
  const defaulting = await testPlatform.openInquiry('defaulting', {
    timeout_seconds: 60,
    default_response: { approved: false },
  });
  await testPlatform.passTimeout([expiring.inquiry.id, defaulting.inquiry.id]);
  await expireInquiries(testPlatform.db(), LOG);

  expect(await testPlatform.get(expiring.askTasks[0]!.id)).toMatchObject({
    status: 'timeout',
    result: { error: 'inquiry timed out', __inquiry_id: expiring.inquiry.id },
    workflow_task: { timed_out: true },
  });
  expect(await testPlatform.get(defaulting.askTasks[0]!.id)).toMatchObject({
    status: 'completed',
    result: { response: { approved: false }, defaulted: true, __inquiry_created_published: true },
  });
  const { body } = await testPlatform.call('GET', `/inquiries/${defaulting.inquiry.id}`);
  expect(body.data).toMatchObject({
    status: 'timeout',
    response: { approved: false },
    defaulted: true,
    responded_at: null,
  });
  expect(await testPlatform.respond(expiring.inquiry.id, 'late')).toMatchObject({
    status: 400,
    body: { details: { reason: 'INQUIRY_NOT_PENDING', status: 'timeout' } },
  });
});

test('a response after the timeout is rejected before the inquiry is expired', async () => {
  const { askTasks, inquiry } = await testPlatform.openInquiry('late', { timeout_seconds: 60 });
  await testPlatform.passTimeout([inquiry.id]);

  expect(await testPlatform.respond(inquiry.id, 'late')).toMatchObject({ status: 400 });
  expect(await testPlatform.get(askTasks[0]!.id)).toMatchObject({ status: 'timeout' });
});

test.each([
  ['response', 'PUT', { response: 'late' }, 400],
  ['status', 'PUT', { status: 'responded', response: 'late' }, 400],
  ['cancellation', 'PUT', { status: 'cancelled' }, 400],
  ['deletion', 'DELETE', undefined, 200],
] as const)('a %s after the timeout is not the end of the execution', async (name, method, body, status) => {
  const { askTasks, inquiry } = await testPlatform.openInquiry(`late-${name}`, { timeout_seconds: 60 });
  await testPlatform.passTimeout([inquiry.id]);

  const changed = await testPlatform.call(method, `/inquiries/${inquiry.id}`, body);
  await expireInquiries(testPlatform.db(), LOG);

  expect(changed).toMatchObject(
    status === 400 ? { status, body: { details: { reason: 'INQUIRY_NOT_PENDING', status: 'timeout' } } } : { status },
  );
  expect(await testPlatform.get(askTasks[0]!.id)).toMatchObject({ status: 'timeout' });
});

test('every retry and every item has an inquiry of its own', async () => {
  const retry = { retry: { count: 1, delay: 0 } };
  const { id } = await testPlatform.openInquiry('again', { timeout_seconds: 60 }, retry);
  await testPlatform.passTimeout((await testPlatform.inquiriesOf(id)).map((inquiry) => inquiry.id));
  await expireInquiries(testPlatform.db(), LOG);
  await testPlatform.advance(id);
  await testPlatform.dispatch();
  const each = await testPlatform.openInquiry(
    'each',
    { prompt: '{{ item }}?' },
    { with_items: '{{ ["a", "b"] }}', concurrency: 2 },
  );

  expect((await testPlatform.inquiriesOf(id)).map(({ status }) => status)).toEqual(['timeout', 'pending']);
  expect((await testPlatform.inquiriesOf(each.id)).map(({ prompt }) => prompt)).toEqual(['a?', 'b?']);
});

test.each(['allow_finish', 'cancel_running'])(
  'a cancelled workflow ends suspended tasks at once under %s',
  async (policy) => {
    const tasks = [{ name: 'gate', action: 'core.ask' }];
    const id = await testPlatform.startWorkflow(`cancelled-${policy}`, { cancellation_policy: policy, tasks });
    await testPlatform.dispatch();
    await testPlatform.call('POST', `/executions/${id}/cancel`);
    await testPlatform.advance(id);

    expect(await testPlatform.children(id)).toMatchObject([{ status: 'cancelled' }]);
    expect(await testPlatform.inquiriesOf(id)).toMatchObject([{ status: 'cancelled' }]);
    expect(await testPlatform.get(id)).toMatchObject({ status: 'cancelled' });
  },
);

test('cancelling a suspended task ends it and its inquiry at once', async () => {
  const { id, askTasks, inquiry } = await testPlatform.openInquiry('stopped');

  expect(await testPlatform.call('POST', `/executions/${askTasks[0]!.id}/cancel`)).toMatchObject({
    status: 200,
    body: { data: { status: 'cancelled' } },
  });
  expect(await testPlatform.inquiriesOf(id)).toMatchObject([{ id: inquiry.id, status: 'cancelled' }]);
});

test('recovery leaves a suspended task unchanged', async () => {
  const { askTasks } = await testPlatform.openInquiry('passed-by');
  await testPlatform.recover(askTasks[0]!.id, 3);

  expect(await testPlatform.get(askTasks[0]!.id)).toMatchObject({ status: 'running', worker: null });
});

test.each([
  ['unreadable', { timeout_seconds: -1 }, 'core.ask: timeout_seconds must be a number above 0'],
  ['unknown-assignee', { assigned_to: 999_999 }, 'core.ask: Identity 999999 not found'],
  ['schemaless', { strict: true }, 'core.ask: response_schema is required where strict is true'],
])('an invalid inquiry fails the task and names the cause: %s', async (name, input, error) => {
  const { askTasks, inquiry } = await testPlatform.openInquiry(name, input);

  expect(inquiry).toBeUndefined();
  expect(askTasks).toMatchObject([{ status: 'failed', result: { error: expect.stringContaining(error) as string } }]);
});

test('core.ask outside a workflow fails and names the reason', async () => {
  const id = await testPlatform.requestAndDispatch('core.ask', { prompt: 'May I?' });

  const { status, result } = await testPlatform.get(id);
  expect({ status, result }).toMatchObject({
    status: 'failed',
    result: { error: expect.stringContaining("a workflow's task") as string },
  });
});

test('a response to an inquiry of an ended execution does not change it', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const [held] = await testPlatform.claim();
  await testPlatform.start(held!);
  await testPlatform.finish(held!, completed());
  const made = await testPlatform.call('POST', '/inquiries', { execution: id, prompt: 'Was it good?' });
  const second = await testPlatform.call('POST', '/inquiries', { execution: id, prompt: 'Really?' });
  const nowhere = await testPlatform.call('POST', '/inquiries', { execution: 999_999, prompt: 'Unknown?' });
  const before = await testPlatform.get(id);

  expect([made.status, second.status, nowhere.status]).toEqual([201, 409, 404]);
  expect(await testPlatform.respond(made.body.data.id, 'yes')).toMatchObject({ status: 200 });
  expect(await testPlatform.get(id)).toEqual(before);
});
