import { hostNow, livenessNow, platformNow, setClockOffset } from '../../../platform/base/clock';

const readings = Array.from({ length: 1_000 }, () => [Date.now(), hostNow(), Date.now()] as const);

test('host time is within 2.5 ms of the system clock', () => {
  const distances = readings.map(([before, reading, after]) => Math.max(before - reading, reading - after));

  expect(distances).toHaveLength(1_000);
  expect(Math.max(...distances)).toBeLessThan(2.5);
});

test('host time never falls', () => {
  const stamps = readings.map(([, reading]) => reading);

  expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
});

test.each(Object.entries({ livenessNow, platformNow }))('%s is ahead of the host by the offset', (_, clock) => {
  setClockOffset(37_000);
  const [before, reading, after] = [hostNow(), clock(), hostNow()];
  setClockOffset(0);

  expect(reading - 37_000).toBeGreaterThanOrEqual(before);
  expect(reading - 37_000).toBeLessThanOrEqual(after);
});
