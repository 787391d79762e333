import type { InquirySummary } from '../../../contract/inquiries';
import type { Page } from '../../../contract/envelopes';
import { ADMIN, withInquiryApi } from './with-inquiry-api';

const testPlatform = withInquiryApi();

/** Creates an inquiry of an execution outside any workflow. */
async function createInquiry(body: object = {}, bearer?: string) {
  const { id } = await testPlatform.request('test.act');
  return testPlatform.call('POST', '/inquiries', { execution: id, prompt: 'Was it good?', ...body }, bearer);
}

const list = async (path: string) => {
  const answer = await testPlatform.call<never>('GET', path);
  return { status: answer.status, ...(answer.body as unknown as Page<InquirySummary>) };
};

test('the list is newest first, filtered, with a capped page size', async () => {
  const { id: assignee } = await testPlatform.newUser('listed-for');
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push((await createInquiry({ assigned_to: assignee })).body.data.id);

  const first = await list(`/inquiries?assigned_to=${assignee}&limit=2`);
  const second = await list(`/inquiries?assigned_to=${assignee}&limit=2&offset=2`);
  const capped = await list(`/inquiries?assigned_to=${assignee}&limit=1000`);

  expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  expect(first.pagination).toMatchObject({ page: 1, page_size: 2, total_items: 3, total_pages: 2, has_next: true });
  expect(second.items.map(({ id }) => id)).toEqual([ids[0]]);
  expect(second.pagination).toMatchObject({ page: 2, has_previous: true, has_next: false });
  expect(capped.pagination).toMatchObject({ page_size: 500, total_items: 3 });
});

test('filters accept both spellings of cancelled and reject unknown values', async () => {
  const { body } = await createInquiry();
  await testPlatform.call('PUT', `/inquiries/${body.data.id}`, { status: 'cancelled' });

  const [one, other] = [await list('/inquiries/status/canceled'), await list('/inquiries/status/cancelled')];
  expect([one.items, one.items.map(({ id }) => id)]).toEqual([other.items, [body.data.id]]);
  expect((await list('/inquiries/status/paused')).status).toBe(400);
  expect((await list('/inquiries?status=paused')).status).toBe(400);
  expect((await list(`/executions/${body.data.execution}/inquiries`)).items).toMatchObject([{ id: body.data.id }]);
  expect((await list('/executions/999999/inquiries')).status).toBe(404);
});

test('IN-07 a response schema without an end is refused, and nothing is stored', async () => {
  const before = (await list('/inquiries')).pagination.total_items;

  const response = await createInquiry({ response_schema: { $defs: { a: { not: { $ref: '#/$defs/a' } } } } });

  expect(response).toMatchObject({
    status: 422,
    body: { code: 'VALIDATION_ERROR', details: { reason: 'SCHEMA_LIMIT', path: 'response_schema' } },
  });
  expect((await list('/inquiries')).pagination.total_items).toBe(before);
});

test('an update ends the suspended execution, and a final status stays', async () => {
  const { askTasks, inquiry } = await testPlatform.openInquiry('changed');
  const path = `/inquiries/${inquiry.id}`;

  expect(await testPlatform.call('PUT', path, { status: 'responded' })).toMatchObject({ status: 400 });
  expect(await testPlatform.call('PUT', path, { status: 'cancelled', response: 1 })).toMatchObject({ status: 400 });
  expect(await testPlatform.call('PUT', path, { status: 'responded', response: 'set' })).toMatchObject({ status: 200 });
  expect(await testPlatform.call('PUT', path, { status: 'cancelled' })).toMatchObject({ status: 400 });
  expect(await testPlatform.get(askTasks[0]!.id)).toMatchObject({ status: 'completed', result: { response: 'set' } });
});

test('a deleted or cancelled inquiry cancels its suspended execution', async () => {
  const [deleted, cancelled] = [await testPlatform.openInquiry('deleted'), await testPlatform.openInquiry('cancelled')];

  expect(await testPlatform.call('DELETE', `/inquiries/${deleted.inquiry.id}`)).toMatchObject({
    status: 200,
    body: { success: true },
  });
  await testPlatform.call('PUT', `/inquiries/${cancelled.inquiry.id}`, { status: 'cancelled' });
  const ends = await Promise.all([deleted, cancelled].map(({ askTasks }) => testPlatform.get(askTasks[0]!.id)));
  expect(ends.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(await testPlatform.call('GET', `/inquiries/${deleted.inquiry.id}`)).toMatchObject({ status: 404 });
});

test('reading needs no grant, creating, updating and deleting do', async () => {
  const { token } = await testPlatform.newUser('reader');
  const { body } = await createInquiry();
  const path = `/inquiries/${body.data.id}`;
  const calls = [
    await testPlatform.call('GET', path, undefined, token),
    await createInquiry({}, token),
    await testPlatform.call('PUT', path, { status: 'cancelled' }, token),
    await testPlatform.call('DELETE', path, undefined, token),
    await testPlatform.respond(body.data.id, 'anybody', token),
  ];

  expect(calls.map(({ status }) => status)).toEqual([200, 403, 403, 403, 200]);
});

test('an inquiry is assigned to an existing identity and can be reassigned', async () => {
  const { id, token } = await testPlatform.newUser('second');
  const { body } = await createInquiry({ assigned_to: ADMIN });

  expect(await createInquiry({ assigned_to: 999_999 })).toMatchObject({ status: 404 });
  expect(await testPlatform.respond(body.data.id, 1, token)).toMatchObject({ status: 403 });
  await testPlatform.call('PUT', `/inquiries/${body.data.id}`, { assigned_to: id });
  expect(await testPlatform.respond(body.data.id, 1)).toMatchObject({ status: 403 });
  expect(await testPlatform.respond(body.data.id, 1, token)).toMatchObject({ status: 200 });
});

test.each([
  [{ timeout_at: 'soon' }, 'timeout_at'],
  [{ strict: true }, 'response_schema'],
  [{ strict: true, response_schema: { x: { type: 'string', pattern: '(?=a)' } } }, 'response_schema'],
])('%j is rejected and the field is named', async (body, path) => {
  const rejected = await createInquiry(body);

  expect(rejected).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR', details: { path } } });
});
