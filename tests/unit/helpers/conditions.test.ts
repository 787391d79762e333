import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { exactlyNRows } from '../../../helpers/scenario/conditions/exactly-n-rows';
import { until } from '../../../helpers/scenario/polling';

/** For waits that time out. */
const shortDeadline = () => performance.now() + 40;
/** For waits that succeed, on a busy machine too. */
const longDeadline = () => performance.now() + 60_000;
const rows = (...ids: number[]) => ids.map((id) => ({ id, status: 'failed' }));

test('exactly n rows are returned, oldest first', async () => {
  const three = exactlyNRows('3 rows', 3, () => Promise.resolve(rows(3, 1, 2)));
  expect((await until(three, longDeadline())).map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('one row too many fails at once and shows all rows', async () => {
  const startedAt = performance.now();
  const one = exactlyNRows('1 row', 1, () => Promise.resolve(rows(2, 1)));
  const error = await until(one, longDeadline()).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'WAIT_IMPOSSIBLE' });
  expect(String(error)).toContain('{"id":1,"status":"failed"}\n{"id":2,"status":"failed"}');
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('too few rows time out and are shown', async () => {
  const error = await until(
    exactlyNRows('2 rows', 2, () => Promise.resolve(rows(7))),
    shortDeadline(),
  ).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'WAIT_TIMED_OUT' });
  expect(String(error)).toContain('{"id":7,"status":"failed"}');
});

test('an error of a check ends the wait unchanged', async () => {
  const broken = new Error('the client failed');
  await expect(
    until(
      exactlyNRows('rows', 1, () => Promise.reject(broken)),
      shortDeadline(),
    ),
  ).rejects.toBe(broken);
  await expect(
    until(
      predicateToHold('it', () => Promise.reject(broken)),
      shortDeadline(),
    ),
  ).rejects.toBe(broken);
});

test('a predicate is awaited, and times out with its evidence', async () => {
  let checks = 0;
  await expect(
    until(
      predicateToHold('it', () => ++checks === 2),
      longDeadline(),
    ),
  ).resolves.toBe(true);
  await expect(
    until(
      predicateToHold(
        'it',
        () => false,
        () => 'the evidence',
      ),
      shortDeadline(),
    ),
  ).rejects.toThrow('the evidence');
});
