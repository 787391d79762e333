import type { Database } from '../../../platform/store/database/connection';
import { rejectWhileAway } from '../../../platform/store/database/reachable-database';

const waiting = new Promise<never>(() => undefined);
const unanswered = { withoutTenant: () => waiting } as unknown as Database;

/** How a transaction without an answer ends while the database answers the probes like this. */
async function outcomeOf(answers: readonly boolean[]): Promise<string> {
  jest.useFakeTimers();
  const left = [...answers];
  const probe = {
    isReachable: () => Promise.resolve(true),
    isAway: () => Promise.resolve(left.shift() === false),
    writeFailure: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
  const ended = rejectWhileAway(unanswered, probe)
    .withoutTenant(() => waiting)
    .catch(String);
  const timedOut = new Promise<string>((resolve) => setTimeout(resolve, answers.length * 2_000 + 1_000, 'waits'));
  const outcome = Promise.race([ended, timedOut]);
  await jest.advanceTimersByTimeAsync(answers.length * 2_000 + 1_000);
  jest.useRealTimers();
  return outcome;
}

test.each([
  ['answers every probe', [true, true, true], 'waits'],
  ['misses one probe at a time, as on a host that was paused', [false, true, false, true], 'waits'],
  ['misses two probes in a row', [true, false, false], expect.stringContaining('does not answer')],
])('a transaction while the database %s', async (_, answers, outcome) => {
  expect(await outcomeOf(answers)).toEqual(outcome);
});
