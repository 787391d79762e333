import { cancelExecution } from '../../../platform/store/executions/cancel-execution';
import { TENANT, completed, failed, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const assignExecution = async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const attempt = (await testPlatform.claim()).find(({ execution }) => execution === id)!;
  return { id, attempt };
};

test('DU-08 a worker with a stale lease cannot write a result', async () => {
  const { id, attempt: first } = await assignExecution();
  await testPlatform.start(first);
  await testPlatform.loseLease(first);
  await testPlatform.recover(id, 3);
  await testPlatform.dispatch();
  const second = (await testPlatform.claim())[0]!;

  expect(await testPlatform.finish(first, failed())).toBe(false);

  expect(second).toMatchObject({ execution: id, attempt: 2 });
  expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
  expect(await testPlatform.start(second)).toBe(true);
  expect(await testPlatform.finish(second, completed({ data: 'second' }))).toBe(true);
  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { data: 'second' } });
});

test('DU-10 a second result of an ended execution is rejected', async () => {
  const { id, attempt } = await assignExecution();
  await testPlatform.start(attempt);
  await testPlatform.finish(attempt, completed());
  const { updated } = await testPlatform.get(id);

  expect(await testPlatform.finish(attempt, failed())).toBe(false);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', updated });
});

test('a repeated start under the same lease succeeds and is logged once', async () => {
  const { id, attempt } = await assignExecution();

  expect([await testPlatform.start(attempt), await testPlatform.start(attempt)]).toEqual([true, true]);

  expect(await testPlatform.log(id)).toEqual(['EXECUTION_STARTED', 'AGENT_INVOKED']);
});

test('an execution cancelled before its start is not started', async () => {
  const { id, attempt } = await assignExecution();

  await testPlatform.db().inTenant(TENANT, (transaction) => cancelExecution(transaction, id));

  expect(await testPlatform.start(attempt)).toBe(false);
  const result = { error: 'Cancelled by user before execution started' };
  expect(await testPlatform.get(id)).toMatchObject({ status: 'cancelled', result });
});

test('an execution is abandoned after the last allowed recovery', async () => {
  const { id, attempt } = await assignExecution();
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);
  await testPlatform.recover(id, 1);
  await testPlatform.dispatch();
  const again = (await testPlatform.claim())[0]!;
  await testPlatform.start(again);
  await testPlatform.loseLease(again);

  await testPlatform.recover(id, 1);

  expect(await testPlatform.get(id)).toMatchObject({ status: 'abandoned', result: { recoveries: 1 } });
  expect((await testPlatform.log(id)).filter((type) => type === 'EXECUTION_RECOVERED')).toHaveLength(1);
});

test('DU-03 with recovery off a lost execution is abandoned at once', async () => {
  const { id, attempt } = await assignExecution();
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);

  await testPlatform.recover(id, 3, 'off');

  expect(await testPlatform.get(id)).toMatchObject({ status: 'abandoned', result: { recoveries: 0 } });
});

test('DU-09 recovery leaves an execution with a valid lease unchanged', async () => {
  const { id, attempt } = await assignExecution();
  await testPlatform.start(attempt);

  await testPlatform.recover(id, 3);

  expect((await testPlatform.get(id)).status).toBe('running');
  expect(await testPlatform.finish(attempt, completed())).toBe(true);
});
