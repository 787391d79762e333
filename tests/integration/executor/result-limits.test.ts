import { sql } from 'kysely';
import { TENANT, completed, withExecutor } from './with-executor';

const testPlatform = withExecutor();
const MIB = 1_024 * 1_024;

const TOO_LARGE = { succeeded: false, code: 'RESULT_TOO_LARGE' };

const claimAndStart = async () => {
  const held = await testPlatform.claim(20);
  for (const each of held) await testPlatform.start(each);
  return held;
};

const unsettled = async (parent: number) =>
  (await testPlatform.children(parent)).filter(({ settled }) => !settled).map(({ status }) => status);

test('a result of more than 1 MiB of data fails its execution', async () => {
  const { id } = await testPlatform.request('test.act');
  await testPlatform.dispatch();
  const [held] = await claimAndStart();

  await testPlatform.finish(held!, completed({ data: 'x'.repeat(MIB), duration_ms: 3 }));

  const { status, result } = await testPlatform.get(id);
  const error = `RESULT_TOO_LARGE: the result has ${MIB + 58} bytes: at most ${MIB}`;
  expect([status, result]).toEqual(['failed', { ...TOO_LARGE, exit_code: 0, duration_ms: 3, error }]);
});

test('long plain output is shortened, and the execution stays completed', async () => {
  const { id } = await testPlatform.request('test.act');
  await testPlatform.dispatch();
  const [held] = await claimAndStart();

  await testPlatform.finish(held!, completed({ stdout: '\u0001é😀'.repeat(MIB) }));

  const { status, result } = await testPlatform.get(id);
  expect([status, result]).toMatchObject(['completed', { succeeded: true, stdout_truncated: true }]);
  expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(MIB);
  expect(Buffer.byteLength(JSON.stringify(result))).toBeGreaterThan(MIB / 4);
});

test('a result of a workflow that is too large fails it, with its size', async () => {
  const tasks = ['one', 'two'].map((name) => ({ name, action: 'test.act', input: { name } }));
  const output_map = { one: '{{ task.one.result.data }}', two: '{{ task.two.result.data }}' };
  const ref = await testPlatform.createWorkflow('large', { version: '1.0.0', tasks, output_map });
  const { id } = await testPlatform.request(ref);
  await testPlatform.dispatch();
  await testPlatform.advance(id);
  await testPlatform.dispatch();
  for (const held of await claimAndStart())
    await testPlatform.finish(held, completed({ data: 'x'.repeat(MIB - 1_024) }));

  await testPlatform.advance(id);

  const error = `RESULT_TOO_LARGE: the result of the workflow has 2095140 bytes: at most ${MIB}`;
  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: { ...TOO_LARGE, error } });
  expect((await testPlatform.children(id)).map(({ status }) => status)).toEqual(['completed', 'completed']);
});

test('items whose results are too large together fail their workflow', async () => {
  const items = {
    name: 'each',
    action: 'test.act',
    with_items: '{{ parameters.list }}',
    concurrency: 20,
    input: { item: 1 },
  };
  const ref = await testPlatform.createWorkflow('items', { version: '1.0.0', tasks: [items] });
  const { id } = await testPlatform.request(ref, { list: Array.from({ length: 14 }, (_, index) => index) });
  await testPlatform.dispatch();
  await testPlatform.advance(id);
  await testPlatform.dispatch();
  for (const held of await claimAndStart())
    await testPlatform.finish(held, completed({ data: 'x'.repeat(MIB - 1_024) }));

  await testPlatform.advance(id);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: TOO_LARGE });
  expect(await unsettled(id)).toEqual([]);
});

test('a state that is too large fails the workflow and stops its children', async () => {
  const task = (name: string) => ({ name, action: 'test.act', input: { name } });
  const tasks = Array.from({ length: 14 }, (_, index) => task(`t${index}`));
  const id = (await testPlatform.request(await testPlatform.createWorkflow('wide', { version: '1.0.0', tasks }))).id;
  await testPlatform.dispatch();
  await testPlatform.advance(id);
  await testPlatform.dispatch();
  const [running, ...others] = await claimAndStart();
  for (const held of others) await testPlatform.finish(held, completed({ data: 'x'.repeat(MIB - 1_024) }));

  await testPlatform.advance(id);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: TOO_LARGE });
  const children = await testPlatform.children(id);
  expect(children.find((child) => child.id === running!.execution)!.status).toBe('canceling');
  await testPlatform.finish(running!, completed());
  expect(await unsettled(id)).toEqual([]);
  const { rows } = await testPlatform
    .db()
    .inTenant(TENANT, (transaction) => sql`select from overdue_work(0) where execution = ${id}`.execute(transaction));
  expect(rows).toEqual([]);
  expect(testPlatform.rejectedSteps).toEqual([]); // the limit is no error of the platform
});
