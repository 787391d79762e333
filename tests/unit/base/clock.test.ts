import { hostNow, livenessNow, setClockOffset } from '../../../platform/base/clock';
import { onClockChange, platformNow, setTenantClocks } from '../../../platform/base/tenant-clocks';

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

test.each(Object.entries({ livenessNow, platformNow: () => platformNow(null) }))(
  '%s is ahead of the host by the offset',
  (_, clock) => {
    setClockOffset(37_000);
    const [before, reading, after] = [hostNow(), clock(), hostNow()];
    setClockOffset(0);

    expect(reading - 37_000).toBeGreaterThanOrEqual(before);
    expect(reading - 37_000).toBeLessThanOrEqual(after);
  },
);

test('the clock of a tenant stands still, or is ahead of the other tenants', () => {
  const changes: number[] = [];
  const ignore = onClockChange(() => void changes.push(changes.length));
  setTenantClocks([
    { tenant: 2, pinnedAtMs: 1_000.25, aheadMs: null },
    { tenant: 3, pinnedAtMs: null, aheadMs: 3_600_000 },
  ]);
  const before = livenessNow();
  const shown = [2, 2, 3, 4].map(platformNow);
  const after = livenessNow();
  setTenantClocks([]);
  ignore();
  setTenantClocks([]);

  expect(shown.slice(0, 2)).toEqual([1_000.25, 1_000.25]);
  for (const [at, ahead] of [
    [shown[2]!, 3_600_000],
    [shown[3]!, 0],
  ] as const) {
    expect(at - ahead).toBeGreaterThanOrEqual(before);
    expect(at - ahead).toBeLessThanOrEqual(after);
  }
  expect(changes).toEqual([0, 1]);
});
