import { countsToBe } from '../../e2e/support/composed/run-in-steps';

const EXPECTED = { starts: 6, sleeping: 1, due: 0, inFlight: 4 };

/** What a check gives for each counts, 15 s after the one before. */
async function checks(...read: Partial<typeof EXPECTED>[]) {
  let now = 0;
  const condition = countsToBe(
    EXPECTED,
    () => Promise.resolve({ ...EXPECTED, ...read.shift() }),
    () => now,
  );
  const results: string[] = [];
  while (read.length > 0) {
    const result = await condition.check();
    results.push(result.is === 'met' ? 'met' : `${result.is}: ${result.why}`);
    now += 15_000;
  }
  return results;
}

test('the counts of the model end the wait', async () => {
  expect(await checks({ starts: 5 }, {})).toEqual(['pending: 4 run, of 5 processes, and 0 are due', 'met']);
});

test('a program that runs on is noticed when nothing has changed for 20 s', async () => {
  const pending = 'pending: 5 run, of 6 processes, and 0 are due';
  expect(await checks({ inFlight: 5 }, { inFlight: 5 }, { inFlight: 5 })).toEqual([
    pending,
    pending,
    'impossible: 5 run, of 6 processes, and 0 are due, without a change for 20 s',
  ]);
});

test.each([
  ['a program that has not started', { starts: 5 }],
  ['what is due', { due: 1 }],
])('%s may still change the counts', async (_, counts) => {
  expect((await checks(counts, counts, counts, counts)).map((result) => result.slice(0, 7))).toEqual(
    Array.from({ length: 4 }, () => 'pending'),
  );
});

test('the 20 s begin with the last change', async () => {
  const results = await checks({ inFlight: 6 }, { inFlight: 6 }, { inFlight: 5 }, { inFlight: 5 });
  expect(results.map((result) => result.slice(0, 7))).toEqual(Array.from({ length: 4 }, () => 'pending'));
});
