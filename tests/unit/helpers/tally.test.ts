import { setImmediate as turn } from 'node:timers/promises';
import { countAssertions, withTally } from '../../../helpers/tally';

countAssertions();

/** Asserts `n` times, giving way to others before each. */
async function assertTimes(n: number): Promise<number> {
  const tally = { assertions: 0 };
  await withTally(tally, async () => {
    for (let k = 0; k < n; k++) {
      await turn();
      expect(k).toBe(k);
    }
  });
  return tally.assertions;
}

test('bodies that run at once each count their own assertions', async () => {
  const counts = await Promise.all([assertTimes(3), assertTimes(0), assertTimes(7)]);

  expect(counts).toEqual([3, 0, 7]);
});

test.concurrent('a concurrent test counts into its own tally', async () => {
  expect(await assertTimes(5)).toBe(5);
});

test.concurrent('so does the one beside it', async () => {
  expect(await assertTimes(2)).toBe(2);
});
