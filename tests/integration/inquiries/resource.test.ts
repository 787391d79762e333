import type { InquirySummary } from '../../../contract/inquiries';
import type { Page } from '../../../contract/envelopes';
import { withAsking } from './stage';

const stage = withAsking();

/** A question beside an execution, in no workflow. */
async function beside(body: object = {}, bearer?: string) {
  const { id } = await stage.request('stage.act');
  return stage.call('POST', '/inquiries', { execution: id, prompt: 'Was it good?', ...body }, bearer);
}

const list = async (path: string) => {
  const answer = await stage.call<never>('GET', path);
  return { status: answer.status, ...(answer.body as unknown as Page<InquirySummary>) };
};

test('the list is newest first, filtered, and counts pages by the size it answers with', async () => {
  const { id: mine } = await stage.stranger('listed-for');
  const made = [];
  for (let n = 0; n < 3; n++) made.push((await beside({ assigned_to: mine })).body.data.id);

  const first = await list(`/inquiries?assigned_to=${mine}&limit=2`);
  const second = await list(`/inquiries?assigned_to=${mine}&limit=2&offset=2`);
  const capped = await list(`/inquiries?assigned_to=${mine}&limit=1000`);

  expect(first.items.map(({ id }) => id)).toEqual([made[2], made[1]]);
  expect(first.pagination).toMatchObject({ page: 1, page_size: 2, total_items: 3, total_pages: 2, has_next: true });
  expect(second.items.map(({ id }) => id)).toEqual([made[0]]);
  expect(second.pagination).toMatchObject({ page: 2, has_previous: true, has_next: false });
  expect(capped.pagination).toMatchObject({ page_size: 500, total_items: 3 });
});

test('by status both spellings are read and other words refused; by execution there must be one', async () => {
  const { body } = await beside();
  await stage.call('PUT', `/inquiries/${body.data.id}`, { status: 'cancelled' });

  const [one, other] = [await list('/inquiries/status/canceled'), await list('/inquiries/status/cancelled')];
  expect([one.items, one.items.map(({ id }) => id)]).toEqual([other.items, [body.data.id]]);
  expect((await list('/inquiries/status/paused')).status).toBe(400);
  expect((await list('/inquiries?status=paused')).status).toBe(400);
  expect((await list(`/executions/${body.data.execution}/inquiries`)).items).toMatchObject([{ id: body.data.id }]);
  expect((await list('/executions/999999/inquiries')).status).toBe(404);
});

test('a change ends what waits as an answer does, and a final status stays', async () => {
  const { gates, inquiry } = await stage.ask('changed');
  const path = `/inquiries/${inquiry.id}`;

  expect(await stage.call('PUT', path, { status: 'responded' })).toMatchObject({ status: 400 });
  expect(await stage.call('PUT', path, { status: 'cancelled', response: 1 })).toMatchObject({ status: 400 });
  expect(await stage.call('PUT', path, { status: 'responded', response: 'set' })).toMatchObject({ status: 200 });
  expect(await stage.call('PUT', path, { status: 'cancelled' })).toMatchObject({ status: 400 });
  expect(await stage.get(gates[0]!.id)).toMatchObject({ status: 'completed', result: { response: 'set' } });
});

test('a question that is deleted or cancelled cancels what waits for it', async () => {
  const [deleted, cancelled] = [await stage.ask('deleted'), await stage.ask('cancelled')];

  expect(await stage.call('DELETE', `/inquiries/${deleted.inquiry.id}`)).toMatchObject({
    status: 200,
    body: { success: true },
  });
  await stage.call('PUT', `/inquiries/${cancelled.inquiry.id}`, { status: 'cancelled' });
  const ends = await Promise.all([deleted, cancelled].map(({ gates }) => stage.get(gates[0]!.id)));
  expect(ends.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(await stage.call('GET', `/inquiries/${deleted.inquiry.id}`)).toMatchObject({ status: 404 });
});

test('reads are open to everybody; making, changing and deleting want their grants', async () => {
  const { token } = await stage.stranger('reader');
  const { body } = await beside();
  const path = `/inquiries/${body.data.id}`;
  const calls = [
    await stage.call('GET', path, undefined, token),
    await beside({}, token),
    await stage.call('PUT', path, { status: 'cancelled' }, token),
    await stage.call('DELETE', path, undefined, token),
    await stage.respond(body.data.id, 'anybody', token),
  ];

  expect(calls.map(({ status }) => status)).toEqual([200, 403, 403, 403, 200]);
});

test('what is assigned goes to an identity that exists, and can be given to another', async () => {
  const { id, token } = await stage.stranger('second');
  const { body } = await beside({ assigned_to: stage.admin() });

  expect(await beside({ assigned_to: 999_999 })).toMatchObject({ status: 404 });
  expect(await stage.respond(body.data.id, 1, token)).toMatchObject({ status: 403 });
  await stage.call('PUT', `/inquiries/${body.data.id}`, { assigned_to: id });
  expect(await stage.respond(body.data.id, 1)).toMatchObject({ status: 403 });
  expect(await stage.respond(body.data.id, 1, token)).toMatchObject({ status: 200 });
});

test.each([
  [{ timeout_at: 'soon' }, 'timeout_at'],
  [{ strict: true }, 'response_schema'],
  [{ strict: true, response_schema: { x: { type: 'string', pattern: '(?=a)' } } }, 'response_schema'],
])('%j is refused by name and nothing is stored', async (body, path) => {
  const refused = await beside(body);

  expect(refused).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR', details: { path } } });
});
