import { restartLimit } from '../../../platform/embedded/restart-limit';

test('restarts beyond the limit are refused until the first ones are old', () => {
  const mayRestart = restartLimit({ most: 3, withinMs: 60_000 });

  expect([0, 1_000, 2_000, 59_999].map(mayRestart)).toEqual([true, true, true, false]);
  expect([121_000, 121_001, 121_002, 121_003].map(mayRestart)).toEqual([true, true, true, false]);
});
