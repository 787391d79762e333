import type { Clock } from '../../../contract/clock';
import { moveTo, withPinnedClock } from '../../../cli/verify/pinned-clock';
import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';

const START = '2035-02-01T00:00:00.000000Z';
const END = '2035-02-04T00:00:00.000000Z';

const rejection = (status: number, code: string) =>
  new ApiError({ method: 'POST', path: '/clock/advance', status, code, message: 'no', body: '' });

/** A clock in this mode, whose moves are rejected with these errors first; the calls it gets. */
function clockIn(mode: Clock['mode'], rejections: readonly ApiError[] = []) {
  const left = [...rejections];
  const calls: unknown[] = [];
  let now = START;
  const clock = {
    get: () => Promise.resolve({ mode, now }),
    set: (body: object) => {
      calls.push(body);
      return Promise.resolve({ now });
    },
    advance: ({ to }: { to: string }) => {
      calls.push(to);
      const error = left.shift();
      if (error !== undefined) return Promise.reject(error);
      now = to;
      return Promise.resolve({ now, steps: 0, fired: [] });
    },
  };
  return { calls, logIn: () => Promise.resolve({ clock } as unknown as Client) };
}

test('the clock stands still for the run, and then runs on from where it is', async () => {
  const { calls, logIn } = clockIn('real');

  const start = await withPinnedClock(logIn, async (instant) => {
    await moveTo(logIn, END);
    return instant;
  });

  expect(start).toBe(START);
  expect(calls).toEqual([{ mode: 'pinned' }, END, { mode: 'offset', at: END }]);
});

test('a clock that stood still before the run does so after it', async () => {
  const { calls, logIn } = clockIn('pinned');

  await withPinnedClock(logIn, () => Promise.resolve());

  expect(calls).toEqual([{ mode: 'pinned' }]);
});

test('a run that fails lets the clock run on', async () => {
  const { calls, logIn } = clockIn('real');

  await expect(withPinnedClock(logIn, () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');

  expect(calls).toEqual([{ mode: 'pinned' }, { mode: 'offset', at: START }]);
});

test('a move that the platform ends early is continued to the same instant', async () => {
  const { calls, logIn } = clockIn('pinned', [rejection(409, 'CLOCK_BUSY'), rejection(409, 'CLOCK_BUSY')]);

  await expect(moveTo(logIn, END)).resolves.toMatchObject({ now: END });

  expect(calls).toEqual([END, END, END]);
});

test('a move with too many steps fails at once', async () => {
  const { calls, logIn } = clockIn('pinned', [rejection(409, 'TOO_MANY_STEPS')]);

  await expect(moveTo(logIn, END)).rejects.toThrow(/^TOO_MANY_STEPS/);

  expect(calls).toEqual([END]);
});
