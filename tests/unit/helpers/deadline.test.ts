import { countdown, startDeadline } from '../../../helpers/scenario/time/deadline';

const never = () => 0;

test('a deadline is later by each planned time', () => {
  const deadline = startDeadline(25_000, () => 1_000, never);
  expect(deadline.at()).toBe(26_000);

  deadline.plan(4_000);
  deadline.plan(9_000);

  expect(deadline.at()).toBe(39_000);
});

test('a deadline is later by the wait for a processor, up to twice its limit', () => {
  let waitedMs = 0;
  const deadline = startDeadline(
    10_000,
    () => 1_000,
    () => waitedMs,
  );
  deadline.plan(500);

  const ends = [0, 3_000, 90_000].map((ms) => ((waitedMs = ms), deadline.at()));

  expect(ends).toEqual([11_500, 14_500, 31_500]);
});

test('a wait is longer by the wait for a processor, at most once as long', () => {
  let [now, waitedMs] = [1_000, 0];
  const leftMs = countdown(
    3_000,
    () => now,
    () => waitedMs,
  );

  const left = (at: number, waited: number) => (([now, waitedMs] = [at, waited]), leftMs());

  expect([left(2_500, 100), left(3_000, 0), left(3_000, 700), left(3_500, 700), left(4_000, 700)]).toEqual([
    500, 0, 700, 200, 0,
  ]);
  expect([left(3_000, 9_000), left(5_000, 9_000)]).toEqual([2_000, 0]);
});

test('of a wait whose end has passed, nothing is left', () => {
  expect(
    countdown(
      1_000,
      () => 2_000,
      () => 900,
    )(),
  ).toBe(0);
});
