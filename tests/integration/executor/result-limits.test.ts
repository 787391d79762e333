import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { TENANT, completed, withExecutor } from './with-executor';

const testPlatform = withExecutor();
const MIB = 1_024 * 1_024;

const TOO_LARGE = { succeeded: false, code: 'RESULT_TOO_LARGE' };

const claimAndStart = async () => {
  const held = await testPlatform.claim(20);
  for (const each of held) await testPlatform.start(each);
  return held;
};

/** A result that may be stored: two of them are more than one may have. */
const LARGE = completed({ data: 'x'.repeat(MIB - 1_024) });

/** Starts a workflow, and then the executions of its first tasks. */
async function startChildren(workflow: string, parameters?: JsonObject) {
  const id = await testPlatform.requestAndAdvance(workflow, parameters);
  await testPlatform.dispatch();
  return { id, started: await claimAndStart() };
}

const unsettled = async (parent: number) =>
  (await testPlatform.children(parent)).filter(({ settled }) => !settled).map(({ status }) => status);

test('a result of more than 1 MiB of data fails its execution', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const [held] = await claimAndStart();

  await testPlatform.finish(held!, completed({ data: 'x'.repeat(MIB), duration_ms: 3 }));

  const { status, result } = await testPlatform.get(id);
  const error = `RESULT_TOO_LARGE: the result has ${MIB + 58} bytes: at most ${MIB}`;
  expect([status, result]).toEqual(['failed', { ...TOO_LARGE, exit_code: 0, duration_ms: 3, error }]);
});

test('long plain output is shortened, and the execution stays completed', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
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
  const ref = await testPlatform.createWorkflow('large', { tasks, output_map });
  const { id, started } = await startChildren(ref);
  for (const held of started) await testPlatform.finish(held, LARGE);

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
  const ref = await testPlatform.createWorkflow('items', { tasks: [items] });
  const { id, started } = await startChildren(ref, { list: Array.from({ length: 14 }, (_, index) => index) });
  for (const held of started) await testPlatform.finish(held, LARGE);

  await testPlatform.advance(id);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: TOO_LARGE });
  expect(await unsettled(id)).toEqual([]);
});

test('a state that is too large fails the workflow and stops its children', async () => {
  const task = (name: string) => ({ name, action: 'test.act', input: { name } });
  const tasks = Array.from({ length: 14 }, (_, index) => task(`t${index}`));
  const { id, started } = await startChildren(await testPlatform.createWorkflow('wide', { tasks }));
  const [running, ...others] = started;
  for (const held of others) await testPlatform.finish(held, LARGE);

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
