import { relativeText } from '../../../web/platform/relative-text';

test('a distance in time is shown in its largest whole unit', () => {
  const now = Date.parse('2026-11-28T03:00:00Z');
  const distances = [240_000, 42_999, 999, -1_000, -7_260_000, 172_800_000];

  expect(distances.map((distance) => relativeText(now + distance, now))).toEqual([
    'in 4 min',
    'in 42 s',
    'now',
    '1 s ago',
    '2 h ago',
    'in 2 d',
  ]);
});
