import { startDeadline } from '../../../helpers/scenario/time/deadline';

test('a deadline is later by each planned time', () => {
  const deadline = startDeadline(25_000, () => 1_000);
  expect(deadline.at()).toBe(26_000);

  deadline.plan(4_000);
  deadline.plan(9_000);

  expect(deadline.at()).toBe(39_000);
});
