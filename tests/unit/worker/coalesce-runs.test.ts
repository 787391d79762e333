import { coalesceRuns } from '../../../platform/base/async/coalesce-runs';

/** Runs that end when the test calls `completions`. */
const manualRuns = () => {
  const completions: ((error?: Error) => void)[] = [];
  const errors: unknown[] = [];
  const run = () =>
    new Promise<void>((resolve, reject) => {
      completions.push((error) => (error ? reject(error) : resolve()));
    });
  return { completions, errors, runs: coalesceRuns(run, (error) => errors.push(error)) };
};

const fail = (error: unknown) => {
  throw error;
};

const settle = () => new Promise(setImmediate);

test('requests during a run cause one further run after it', async () => {
  const { completions, runs } = manualRuns();
  runs.request();
  runs.request();
  runs.request();
  const startedAtOnce = completions.length;
  completions[0]!();
  await settle();
  completions[1]!();
  await settle();

  await runs.stop();

  expect([startedAtOnce, completions.length]).toEqual([1, 2]);
});

test('a request after a run has ended causes another run', async () => {
  const { completions, runs } = manualRuns();
  runs.request();
  completions[0]!();
  await settle();

  runs.request();

  expect(completions).toHaveLength(2);
});

test.each([0, 1, 2, 3, 4, 5])('a request %i microtasks after the first is not lost', async (microtasks) => {
  let started = 0;
  const run = () => {
    started++;
    return Promise.resolve();
  };
  const runs = coalesceRuns(run, fail);
  runs.request();
  for (let passed = 0; passed < microtasks; passed++) await Promise.resolve();
  runs.request();

  await settle();

  expect(started).toBe(2);
});

test('the error of a run is passed on, and the next request runs', async () => {
  const { completions, errors, runs } = manualRuns();
  runs.request();
  completions[0]!(new Error('the database was lost'));
  await settle();

  runs.request();

  expect([errors, completions.length]).toEqual([[new Error('the database was lost')], 2]);
});

test('stop waits for the active run and starts no further one', async () => {
  const { completions, runs } = manualRuns();
  runs.request();
  runs.request();
  const stopped = runs.stop();
  runs.request();
  completions[0]!();

  await stopped;

  expect(completions).toHaveLength(1);
});
