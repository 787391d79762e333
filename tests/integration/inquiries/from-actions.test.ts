import { completed } from '../executor/stage';
import { withAsking } from './stage';

const stage = withAsking();

/** An execution whose process runs. */
async function running() {
  const { id } = await stage.request('stage.act');
  await stage.dispatch();
  const [held] = await stage.claim();
  await stage.start(held!);
  return { id, held: held! };
}

const askFor = async (id: number, wait = true) =>
  stage.call('POST', '/inquiries', { execution: id, prompt: 'May I?', wait }, await stage.executionToken(id));

test('an execution that asked and wants to wait goes on without worker or lease when its process has ended', async () => {
  const { id, held } = await running();
  const { status, body } = await askFor(id);
  await stage.finish(held, completed({ data: { draft: 1 } }));

  expect(status).toBe(201);
  expect(await stage.get(id)).toMatchObject({
    status: 'running',
    worker: null,
    finished_at: null,
    result: { inquiry_id: body.data.id, status: 'pending', data: { draft: 1 } },
  });
  expect(await stage.finish(held, completed())).toBe(false);
  await stage.respond(body.data.id, 'yes');
  expect(await stage.get(id)).toMatchObject({
    status: 'completed',
    result: { response: 'yes', __inquiry_id: body.data.id, __inquiry_created_published: true, data: { draft: 1 } },
  });
  expect((await stage.log(id)).at(-1)).toBe('EXECUTION_COMPLETED');
});

test('an answer that comes while the process still runs is taken when it ends', async () => {
  const { id, held } = await running();
  const { body } = await askFor(id);
  await stage.respond(body.data.id, 'early');

  expect(await stage.get(id)).toMatchObject({ status: 'running', worker: stage.worker() });
  await stage.finish(held, completed({ stdout: 'done' }));
  expect(await stage.get(id)).toMatchObject({ status: 'completed', result: { response: 'early', data: 'done' } });
});

test('a question in the output holds the execution until its answer', async () => {
  const { id, held } = await running();
  await stage.finish(held, completed({ data: { __inquiry: { prompt: 'Go on?' }, draft: 2 } }));

  const { result } = await stage.get(id);
  expect(result).toMatchObject({ status: 'pending', data: { draft: 2 } });
  await stage.respond((result as { inquiry_id: number }).inquiry_id, true);
  expect(await stage.get(id)).toMatchObject({ status: 'completed', result: { response: true, data: { draft: 2 } } });
});

test('a question in the output that cannot be asked fails the execution and says why', async () => {
  const { id, held } = await running();
  await stage.finish(held, completed({ data: { __inquiry: { prompt: '' } } }));

  const { status, result } = await stage.get(id);
  expect({ status, result }).toMatchObject({
    status: 'failed',
    result: { error: expect.stringContaining('prompt must be a text') as string },
  });
});

test('the same question asked again by a later attempt is the same inquiry; another is refused', async () => {
  const { id } = await running();
  const [first, again] = [await askFor(id), await askFor(id)];
  const token = await stage.executionToken(id);
  const other = await stage.call('POST', '/inquiries', { execution: id, prompt: 'Else?', wait: true }, token);

  expect([again.status, again.body.data.id]).toEqual([201, first.body.data.id]);
  expect(other.status).toBe(409);
});

test('only the execution itself may wait', async () => {
  const { id } = await running();

  expect(await stage.call('POST', '/inquiries', { execution: id, prompt: 'May I?', wait: true })).toMatchObject({
    status: 400,
    body: { details: { path: 'wait' } },
  });
});

test('a process that fails or is cancelled leaves no open question', async () => {
  const { id, held } = await running();
  const { body } = await askFor(id);
  await stage.finish(held, { ...completed(), status: 'failed', result: { succeeded: false, error: 'no' } });

  expect(await stage.get(id)).toMatchObject({ status: 'failed' });
  expect(await stage.call('GET', `/inquiries/${body.data.id}`)).toMatchObject({
    body: { data: { status: 'cancelled' } },
  });
});

test('an execution that waits is cancelled at once, and is not recovered', async () => {
  const { id, held } = await running();
  await askFor(id);
  await stage.finish(held, completed());
  await stage.recover(id, 3);
  expect(await stage.get(id)).toMatchObject({ status: 'running' });

  expect(await stage.call('POST', `/executions/${id}/cancel`)).toMatchObject({
    body: { data: { status: 'cancelled' } },
  });
});
