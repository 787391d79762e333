import { completed } from '../executor/with-executor';
import { withInquiryApi } from './with-inquiry-api';

const testPlatform = withInquiryApi();

/** An execution whose process is running. */
async function startExecution() {
  const id = await testPlatform.requestAndDispatch('test.act');
  const [held] = await testPlatform.claim();
  await testPlatform.start(held!);
  return { id, held: held! };
}

const createInquiry = async (id: number) =>
  testPlatform.call(
    'POST',
    '/inquiries',
    { execution: id, prompt: 'May I?', wait: true },
    await testPlatform.executionToken(id),
  );

test('an execution with an open inquiry is suspended when its process ends', async () => {
  const { id, held } = await startExecution();
  const { status, body } = await createInquiry(id);
  await testPlatform.finish(held, completed({ data: { draft: 1 } }));

  expect(status).toBe(201);
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'running',
    worker: null,
    finished_at: null,
    result: { inquiry_id: body.data.id, status: 'pending', data: { draft: 1 } },
  });
  expect(await testPlatform.finish(held, completed())).toBe(false);
  await testPlatform.respond(body.data.id, 'yes');
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'completed',
    result: { response: 'yes', __inquiry_id: body.data.id, __inquiry_created_published: true, data: { draft: 1 } },
  });
  expect((await testPlatform.log(id)).at(-1)).toBe('EXECUTION_COMPLETED');
});

test('a response during the process completes the execution when it ends', async () => {
  const { id, held } = await startExecution();
  const { body } = await createInquiry(id);
  await testPlatform.respond(body.data.id, 'early');

  expect(await testPlatform.get(id)).toMatchObject({ status: 'running', worker: testPlatform.worker() });
  await testPlatform.finish(held, completed({ stdout: 'done' }));
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'completed',
    result: { response: 'early', data: 'done' },
  });
});

test('an inquiry in the output suspends the execution until its response', async () => {
  const { id, held } = await startExecution();
  await testPlatform.finish(held, completed({ data: { __inquiry: { prompt: 'Go on?' }, draft: 2 } }));

  const { result } = await testPlatform.get(id);
  expect(result).toMatchObject({ status: 'pending', data: { draft: 2 } });
  await testPlatform.respond((result as { inquiry_id: number }).inquiry_id, true);
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'completed',
    result: { response: true, data: { draft: 2 } },
  });
});

test('an invalid inquiry in the output fails the execution', async () => {
  const { id, held } = await startExecution();
  await testPlatform.finish(held, completed({ data: { __inquiry: { prompt: '' } } }));

  const { status, result } = await testPlatform.get(id);
  expect({ status, result }).toMatchObject({
    status: 'failed',
    result: { error: expect.stringContaining('prompt must be a text') as string },
  });
});

test('the same prompt returns the same inquiry, another prompt is rejected', async () => {
  const { id } = await startExecution();
  const [first, again] = [await createInquiry(id), await createInquiry(id)];
  const token = await testPlatform.executionToken(id);
  const other = await testPlatform.call('POST', '/inquiries', { execution: id, prompt: 'Else?', wait: true }, token);

  expect([again.status, again.body.data.id]).toEqual([201, first.body.data.id]);
  expect(other.status).toBe(409);
});

test('only the execution itself may be suspended by an inquiry', async () => {
  const { id } = await startExecution();

  expect(await testPlatform.call('POST', '/inquiries', { execution: id, prompt: 'May I?', wait: true })).toMatchObject({
    status: 400,
    body: { details: { path: 'wait' } },
  });
});

test('a failed process closes its inquiry', async () => {
  const { id, held } = await startExecution();
  const { body } = await createInquiry(id);
  await testPlatform.finish(held, { ...completed(), status: 'failed', result: { succeeded: false, error: 'no' } });

  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed' });
  expect(await testPlatform.call('GET', `/inquiries/${body.data.id}`)).toMatchObject({
    body: { data: { status: 'cancelled' } },
  });
});

test('a suspended execution is not recovered and is cancelled at once', async () => {
  const { id, held } = await startExecution();
  await createInquiry(id);
  await testPlatform.finish(held, completed());
  await testPlatform.recover(id, 3);
  expect(await testPlatform.get(id)).toMatchObject({ status: 'running' });

  expect(await testPlatform.call('POST', `/executions/${id}/cancel`)).toMatchObject({
    body: { data: { status: 'cancelled' } },
  });
});
