import { setImmediate as turn } from 'node:timers/promises';
import { countAssertions, withAssertionCounter } from '../../../helpers/scenario/assertion-count';

countAssertions();

/** Asserts `n` times, yielding to other tests before each. */
async function assertTimes(n: number): Promise<number> {
  const tally = { assertions: 0 };
  await withAssertionCounter(tally, async () => {
    for (let k = 0; k < n; k++) {
      await turn();
      expect(k).toBe(k);
    }
  });
  return tally.assertions;
}

test('concurrent bodies each count their own assertions', async () => {
  const counts = await Promise.all([assertTimes(3), assertTimes(0), assertTimes(7)]);

  expect(counts).toEqual([3, 0, 7]);
});

test.concurrent('a concurrent test counts its own assertions', async () => {
  expect(await assertTimes(5)).toBe(5);
});

test.concurrent('a second concurrent test counts its own assertions', async () => {
  expect(await assertTimes(2)).toBe(2);
});
