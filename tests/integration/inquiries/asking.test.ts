import pino from 'pino';
import { expireInquiries } from '../../../platform/executor/expire-inquiries';
import { completed } from '../executor/stage';
import { withAsking } from './stage';

const stage = withAsking();
const silent = pino({ enabled: false });

test('a task that asks runs without a worker until the answer, which completes it', async () => {
  const { id, gates, inquiry } = await stage.ask('answered');

  expect(gates).toMatchObject([
    { status: 'running', worker: null, result: { inquiry_id: inquiry.id, status: 'pending' } },
  ]);
  expect(gates[0]!.started_at).toBe(inquiry.created);
  expect(await stage.respond(inquiry.id, { approved: true })).toMatchObject({
    status: 200,
    body: { data: { status: 'responded', response: { approved: true }, defaulted: false } },
  });
  const answered = { response: { approved: true }, __inquiry_id: inquiry.id, __inquiry_created_published: true };
  expect(await stage.get(gates[0]!.id)).toMatchObject({ status: 'completed', result: answered });
  await stage.advance(id);
  expect(await stage.get(id)).toMatchObject({ status: 'completed' });
});

test('of twenty answers at once one is taken and nineteen are refused', async () => {
  const { gates, inquiry } = await stage.ask('contended');

  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => stage.respond(inquiry.id, n)));

  const taken = answers.filter(({ status }) => status === 200);
  expect([taken.length, answers.filter(({ status }) => status === 400).length]).toEqual([1, 19]);
  const { result } = await stage.get(gates[0]!.id);
  expect(result).toMatchObject({ response: taken[0]!.body.data.response });
});

test('the asking execution, its descendants and those it is not assigned to may not answer', async () => {
  const stranger = await stage.stranger('not-asked');
  const { id, gates, inquiry } = await stage.ask('guarded', { assigned_to: stage.admin() });
  const gate = gates[0]!.id;
  const below = await stage
    .db()
    .inTenant(1, (transaction) =>
      transaction
        .insertInto('execution')
        .values({ action_ref: 'stage.act', parent: gate, root: id, status: 'running', settled: true })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );

  const refused = await Promise.all([
    stage.respond(inquiry.id, 1, await stage.executionToken(gate)),
    stage.respond(inquiry.id, 1, await stage.executionToken(below.id)),
    stage.respond(inquiry.id, 1, stranger.token),
    stage.call('PUT', `/inquiries/${inquiry.id}`, { status: 'cancelled' }, stranger.token),
    stage.call('DELETE', `/inquiries/${inquiry.id}`, undefined, stranger.token),
  ]);

  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(refused[0].body.error).toContain('privilege loop');
  expect(refused[1].body.error).toMatch(/descendant.*privilege loop/);
  expect(await stage.respond(inquiry.id, 1)).toMatchObject({ status: 200 });
});

test('a strict question refuses what its schema does not allow, and names the field', async () => {
  const response_schema = { approved: { type: 'boolean', required: true }, level: { enum: ['low', 'high'] } };
  const { inquiry } = await stage.ask('strict', { response_schema, strict: true });

  const refused = await stage.respond(inquiry.id, { approved: 'yes', level: 'x' });

  expect(refused).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
  expect(refused.body.details).toMatchObject({ fields: [{ path: 'response/approved' }, { path: 'response/level' }] });
  expect(await stage.respond(inquiry.id, { approved: true, level: 'low' })).toMatchObject({ status: 200 });
});

test('at its time a question ends: with its default the task completes, without one it times out', async () => {
  const plain = await stage.ask('expiring', { timeout_seconds: 60 });
  const kind = await stage.ask('defaulting', { timeout_seconds: 60, default_response: { approved: false } });
  await stage.makeDue([plain.inquiry.id, kind.inquiry.id]);
  await expireInquiries(stage.db(), silent);

  expect(await stage.get(plain.gates[0]!.id)).toMatchObject({
    status: 'timeout',
    result: { error: 'inquiry timed out', __inquiry_id: plain.inquiry.id },
    workflow_task: { timed_out: true },
  });
  expect(await stage.get(kind.gates[0]!.id)).toMatchObject({
    status: 'completed',
    result: { response: { approved: false }, defaulted: true, __inquiry_created_published: true },
  });
  const { body } = await stage.call('GET', `/inquiries/${kind.inquiry.id}`);
  expect(body.data).toMatchObject({
    status: 'timeout',
    response: { approved: false },
    defaulted: true,
    responded_at: null,
  });
  expect(await stage.respond(plain.inquiry.id, 'late')).toMatchObject({
    status: 400,
    body: { details: { reason: 'INQUIRY_NOT_PENDING', status: 'timeout' } },
  });
});

test('an answer that comes after the time and before the look finds it expired', async () => {
  const { gates, inquiry } = await stage.ask('late', { timeout_seconds: 60 });
  await stage.makeDue([inquiry.id]);

  expect(await stage.respond(inquiry.id, 'late')).toMatchObject({ status: 400 });
  expect(await stage.get(gates[0]!.id)).toMatchObject({ status: 'timeout' });
});

test('a retry opens a new inquiry, and each item has its own', async () => {
  const retry = { retry: { count: 1, delay: 0 } };
  const { id } = await stage.ask('again', { timeout_seconds: 60 }, retry);
  await stage.makeDue((await stage.inquiriesOf(id)).map((inquiry) => inquiry.id));
  await expireInquiries(stage.db(), silent);
  await stage.advance(id);
  await stage.dispatch();
  const each = await stage.ask('each', { prompt: '{{ item }}?' }, { with_items: '{{ ["a", "b"] }}', concurrency: 2 });

  expect((await stage.inquiriesOf(id)).map(({ status }) => status)).toEqual(['timeout', 'pending']);
  expect((await stage.inquiriesOf(each.id)).map(({ prompt }) => prompt)).toEqual(['a?', 'b?']);
});

test.each(['allow_finish', 'cancel_running'])(
  'a cancelled workflow ends what waits at once under %s',
  async (policy) => {
    const tasks = [{ name: 'gate', action: 'core.ask' }];
    const ref = await stage.workflow(`cancelled-${policy}`, { version: '1.0.0', cancellation_policy: policy, tasks });
    const { id } = await stage.request(ref);
    await stage.dispatch();
    await stage.advance(id);
    await stage.dispatch();
    await stage.call('POST', `/executions/${id}/cancel`);
    await stage.advance(id);

    expect(await stage.children(id)).toMatchObject([{ status: 'cancelled' }]);
    expect(await stage.inquiriesOf(id)).toMatchObject([{ status: 'cancelled' }]);
    expect(await stage.get(id)).toMatchObject({ status: 'cancelled' });
  },
);

test('a waiting task that is cancelled by itself ends at once, and so does its inquiry', async () => {
  const { id, gates, inquiry } = await stage.ask('stopped');

  expect(await stage.call('POST', `/executions/${gates[0]!.id}/cancel`)).toMatchObject({
    status: 200,
    body: { data: { status: 'cancelled' } },
  });
  expect(await stage.inquiriesOf(id)).toMatchObject([{ id: inquiry.id, status: 'cancelled' }]);
});

test('recovery passes a waiting task by', async () => {
  const { gates } = await stage.ask('passed-by');
  await stage.recover(gates[0]!.id, 3);

  expect(await stage.get(gates[0]!.id)).toMatchObject({ status: 'running', worker: null });
});

test.each([
  ['unreadable', { timeout_seconds: -1 }, 'core.ask: timeout_seconds must be a number above 0'],
  ['nobody', { assigned_to: 999_999 }, 'core.ask: Identity 999999 not found'],
  ['schemaless', { strict: true }, 'core.ask: response_schema is required where strict is true'],
])('what cannot be asked fails the task and says why: %s', async (name, input, error) => {
  const { gates, inquiry } = await stage.ask(name, input);

  expect(inquiry).toBeUndefined();
  expect(gates).toMatchObject([{ status: 'failed', result: { error: expect.stringContaining(error) as string } }]);
});

test('outside a workflow core.ask fails and says where it belongs', async () => {
  const { id } = await stage.request('core.ask', { prompt: 'May I?' });
  await stage.dispatch();

  const { status, result } = await stage.get(id);
  expect({ status, result }).toMatchObject({
    status: 'failed',
    result: { error: expect.stringContaining("a workflow's task") as string },
  });
});

test('a question beside an execution that has ended is answered without touching it', async () => {
  const { id } = await stage.request('stage.act');
  await stage.dispatch();
  const [held] = await stage.claim();
  await stage.start(held!);
  await stage.finish(held!, completed());
  const made = await stage.call('POST', '/inquiries', { execution: id, prompt: 'Was it good?' });
  const second = await stage.call('POST', '/inquiries', { execution: id, prompt: 'Really?' });
  const nowhere = await stage.call('POST', '/inquiries', { execution: 999_999, prompt: 'Anybody?' });
  const before = await stage.get(id);

  expect([made.status, second.status, nowhere.status]).toEqual([201, 409, 404]);
  expect(await stage.respond(made.body.data.id, 'yes')).toMatchObject({ status: 200 });
  expect(await stage.get(id)).toEqual(before);
});
