import { toHold } from '../../../helpers/conditions';
import { counted } from '../../../helpers/counted';
import { until } from '../../../helpers/polling';

const soon = () => performance.now() + 40;
const rows = (...ids: number[]) => ids.map((id) => ({ id, status: 'failed' }));

test('so many rows are answered oldest first', async () => {
  const three = counted('3 rows', 3, () => Promise.resolve(rows(3, 1, 2)));
  expect((await until(three, soon())).map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('one row too many fails at once, and shows them all', async () => {
  const began = performance.now();
  const one = counted('1 row', 1, () => Promise.resolve(rows(2, 1)));
  const error = await until(one, began + 60_000).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'WAIT_IMPOSSIBLE' });
  expect(String(error)).toContain('{"id":1,"status":"failed"}\n{"id":2,"status":"failed"}');
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('too few rows are waited for until the deadline, and shown', async () => {
  const error = await until(
    counted('2 rows', 2, () => Promise.resolve(rows(7))),
    soon(),
  ).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'WAIT_TIMED_OUT' });
  expect(String(error)).toContain('{"id":7,"status":"failed"}');
});

test('an error of the look ends the wait as it is', async () => {
  const broken = new Error('the client says no');
  await expect(
    until(
      counted('rows', 1, () => Promise.reject(broken)),
      soon(),
    ),
  ).rejects.toBe(broken);
  await expect(
    until(
      toHold('it', () => Promise.reject(broken)),
      soon(),
    ),
  ).rejects.toBe(broken);
});

test('what comes to hold is waited for, and what does not is told with its evidence', async () => {
  let looks = 0;
  await expect(
    until(
      toHold('it', () => ++looks === 2),
      soon(),
    ),
  ).resolves.toBe(true);
  await expect(
    until(
      toHold(
        'it',
        () => false,
        () => 'what was seen',
      ),
      soon(),
    ),
  ).rejects.toThrow('what was seen');
});
