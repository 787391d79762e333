import { cancelExecution } from '../../../platform/store/executions';
import { TENANT, completed, failed, withExecutor } from './stage';

const stage = withExecutor();

const assigned = async () => {
  const { id } = await stage.request('stage.act');
  await stage.dispatch();
  const attempt = (await stage.claim()).find(({ execution }) => execution === id)!;
  return { id, attempt };
};

test('a stale lease holder can change nothing', async () => {
  const { id, attempt: first } = await assigned();
  await stage.start(first);
  await stage.loseLease(first);
  await stage.recover(id, 3);
  await stage.dispatch();
  const second = (await stage.claim())[0]!;

  expect(await stage.finish(first, failed())).toBe(false);

  expect(second).toMatchObject({ execution: id, attempt: 2 });
  expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
  expect(await stage.start(second)).toBe(true);
  expect(await stage.finish(second, completed({ data: 'second' }))).toBe(true);
  expect(await stage.get(id)).toMatchObject({ status: 'completed', result: { data: 'second' } });
});

test('an execution keeps its first end', async () => {
  const { id, attempt } = await assigned();
  await stage.start(attempt);
  await stage.finish(attempt, completed());
  const { updated } = await stage.get(id);

  expect(await stage.finish(attempt, failed())).toBe(false);

  expect(await stage.get(id)).toMatchObject({ status: 'completed', updated });
});

test('a start whose answer was lost is answered again and logged once', async () => {
  const { id, attempt } = await assigned();

  expect([await stage.start(attempt), await stage.start(attempt)]).toEqual([true, true]);

  expect(await stage.log(id)).toEqual(['EXECUTION_STARTED', 'AGENT_INVOKED']);
});

test('an execution cancelled before its start is not started', async () => {
  const { id, attempt } = await assigned();

  await stage.db().inTenant(TENANT, (transaction) => cancelExecution(transaction, TENANT, id));

  expect(await stage.start(attempt)).toBe(false);
  const result = { error: 'Cancelled by user before execution started' };
  expect(await stage.get(id)).toMatchObject({ status: 'cancelled', result });
});

test('work that loses its worker every time is abandoned after the recoveries allowed', async () => {
  const { id, attempt } = await assigned();
  await stage.start(attempt);
  await stage.loseLease(attempt);
  await stage.recover(id, 1);
  await stage.dispatch();
  const again = (await stage.claim())[0]!;
  await stage.start(again);
  await stage.loseLease(again);

  await stage.recover(id, 1);

  expect(await stage.get(id)).toMatchObject({ status: 'abandoned', result: { recoveries: 1 } });
  expect((await stage.log(id)).filter((type) => type === 'EXECUTION_RECOVERED')).toHaveLength(1);
});

test('with recovery off lost work is abandoned at once', async () => {
  const { id, attempt } = await assigned();
  await stage.start(attempt);
  await stage.loseLease(attempt);

  await stage.recover(id, 3, 'off');

  expect(await stage.get(id)).toMatchObject({ status: 'abandoned', result: { recoveries: 0 } });
});

test('a lease that holds is not taken away', async () => {
  const { id, attempt } = await assigned();
  await stage.start(attempt);

  await stage.recover(id, 3);

  expect((await stage.get(id)).status).toBe('running');
  expect(await stage.finish(attempt, completed())).toBe(true);
});
