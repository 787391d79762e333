import { startDeadline } from '../../../helpers/scenario/time/deadline';

test('a deadline is later by each planned time', () => {
  const deadline = startDeadline(25_000, () => 1_000);
  expect([deadline.at(), deadline.shortestPlanMs()]).toEqual([26_000, Infinity]);

  deadline.plan(4_000);
  deadline.plan(9_000);

  expect([deadline.at(), deadline.shortestPlanMs()]).toEqual([39_000, 4_000]);
});

test('an extended deadline is no planned time', () => {
  const deadline = startDeadline(25_000, () => 1_000);

  deadline.extend(4_000);

  expect([deadline.at(), deadline.shortestPlanMs()]).toEqual([30_000, Infinity]);
});
