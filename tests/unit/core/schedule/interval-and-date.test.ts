import { fc } from '../../../seeded-properties';
import { dateSchedule } from '../../../../platform/core/schedule/one-shot';
import { formatInstant, parseDateTime } from '../../../../platform/core/schedule/date-time';
import { intervalSchedule } from '../../../../platform/core/schedule/interval';

const ANCHOR = Date.UTC(2026, 10, 20, 12) + 0.123;

describe('an interval', () => {
  test('first fires one full interval after its anchor', () => {
    expect(formatInstant(intervalSchedule({ unit: 'minutes', interval: 2 }, ANCHOR).next(ANCHOR)!)).toBe(
      '2026-11-20T12:02:00.000123Z',
    );
  });

  test('keeps its phase to the microsecond, for years', () => {
    const schedule = intervalSchedule({ unit: 'seconds', interval: 0.05 }, ANCHOR);
    const after = ANCHOR + 10 * 365 * 86_400_000;

    expect(formatInstant(schedule.next(after)!)).toBe('2036-11-17T12:00:00.050123Z');
  });

  test('has the next occurrence of its phase after missed ones', () => {
    const schedule = intervalSchedule({ unit: 'seconds', interval: 1 }, ANCHOR);

    expect(formatInstant(schedule.next(ANCHOR + 600_400)!)).toBe('2026-11-20T12:10:01.000123Z');
  });

  test('keeps its phase after a clock set back', () => {
    const schedule = intervalSchedule({ unit: 'seconds', interval: 1 }, ANCHOR);

    expect(formatInstant(schedule.next(ANCHOR - 3_600_000 + 300)!)).toBe('2026-11-20T11:00:01.000123Z');
  });

  test('of a fraction of a microsecond is rounded up', () => {
    const next = (interval: number) => intervalSchedule({ unit: 'seconds', interval }, ANCHOR).next(ANCHOR)!;

    expect([1 / 3, 0.07].map((interval) => formatInstant(next(interval)))).toEqual([
      '2026-11-20T12:00:00.333457Z',
      '2026-11-20T12:00:00.070123Z',
    ]);
  });

  test('has its next occurrence within a period and in phase', () => {
    const periods = fc.integer({ min: 50, max: 86_400_000 });
    const waits = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(periods, waits, (period, wait) => {
        const anchor = Date.UTC(2026, 10, 20, 12);
        const schedule = intervalSchedule({ unit: 'seconds', interval: period / 1_000 }, anchor);
        const next = schedule.next(anchor + wait)!;
        expect(next).toBeGreaterThan(anchor + wait);
        expect(next - anchor - wait).toBeLessThanOrEqual(period);
        expect((next - anchor) % period).toBe(0);
      }),
    );
  });

  test.each([
    [{ unit: 'seconds', interval: 0 }, 'INTERVAL_INVALID: interval is a number of at least 0.05 seconds'],
    [{ unit: 'seconds', interval: -1 }, 'INTERVAL_INVALID: interval is a number of at least 0.05 seconds'],
    [{ unit: 'seconds', interval: '{{ 5 }}' }, 'INTERVAL_INVALID: interval is a number of at least 0.05 seconds'],
    [{ unit: 'weeks', interval: 1 }, 'INTERVAL_INVALID: unit is seconds, minutes or hours'],
    [{ unit: 'hours', interval: 2 ** 31 - 1 }, 'OUT_OF_RANGE: the first occurrence lies beyond the year 9999'],
  ])('%j is no schedule', (params, message) => {
    expect(() => intervalSchedule(params, ANCHOR)).toThrow(message);
  });
});

describe('a date', () => {
  const AT = '2026-11-20T13:00:00.700001+01:00';

  test('is one instant, with its fraction', () => {
    const schedule = dateSchedule({ fire_at: AT });

    expect(formatInstant(schedule.next(ANCHOR - 86_400_000)!)).toBe('2026-11-20T12:00:00.700001Z');
    expect(schedule.next(Date.UTC(2026, 10, 20, 12, 0, 0, 700))).toBe(Date.UTC(2026, 10, 20, 12, 0, 0, 700) + 0.001);
    expect(schedule.next(Date.UTC(2026, 10, 20, 12, 0, 0, 700) + 0.001)).toBeNull();
  });

  test.each(['2038-01-19T03:14:08Z', '2106-02-07T06:28:16Z', '9999-12-31T23:59:59Z'])('%s is exact', (text) => {
    expect(formatInstant(dateSchedule({ fire_at: text }).next(ANCHOR)!)).toBe(text.replace('Z', '.000000Z'));
  });

  test.each([
    ['2026-11-20T13:00:00', 'DATE_INVALID: fire_at 2026-11-20T13:00:00 names no offset: end it in Z or +01:00'],
    ['tomorrow', 'DATE_INVALID: fire_at is an RFC 3339 instant such as 2030-01-31T08:00:00Z'],
    ['2026-02-30T00:00:00Z', 'DATE_INVALID: fire_at is an RFC 3339 instant such as 2030-01-31T08:00:00Z'],
    ['10000-01-01T00:00:00Z', 'OUT_OF_RANGE: fire_at 10000-01-01T00:00:00Z lies beyond the year 9999'],
    ['+010000-01-01T00:00:00Z', 'OUT_OF_RANGE: fire_at +010000-01-01T00:00:00Z lies beyond the year 9999'],
    ['9999-12-31T23:59:59-01:00', 'OUT_OF_RANGE: fire_at lies beyond the year 9999'],
  ])('%s is no schedule', (fire_at, message) => {
    expect(() => dateSchedule({ fire_at })).toThrow(message);
  });
});

test.each([
  ['2024-02-29T23:59:59.5Z', Date.UTC(2024, 1, 29, 23, 59, 59, 500), 0],
  ['2024-02-29T23:59:59.999999001Z', Date.UTC(2024, 2, 1), 0],
  ['2026-01-01t00:00:00z', Date.UTC(2026, 0, 1), 0],
  ['2026-01-01 00:00:00-09:30', Date.UTC(2026, 0, 1), -34_200_000],
  ['2026-01-01T00:00:00+23:59', Date.UTC(2026, 0, 1), 86_340_000],
  ['0099-01-01T00:00:00Z', Date.parse('0099-01-01T00:00:00Z'), 0],
  ['2026-01-01T00:00:00', Date.UTC(2026, 0, 1), null],
])('%s is parsed', (text, wallTime, offsetMs) => {
  expect(parseDateTime(text)).toEqual({ wallTime, offsetMs });
});

test.each([
  '2023-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00-99:00',
  '2026-01-01T00:00:00+01:60',
  '2026-01-01',
  '',
])('%s is no instant', (text) => {
  expect(parseDateTime(text)).toBeNull();
});

test('an instant is formatted with microseconds, also before 1970', () => {
  expect(formatInstant(-0.001)).toBe('1969-12-31T23:59:59.999999Z');
  expect(formatInstant(Date.UTC(2026, 0, 1) + 999.9996, '+00:00')).toBe('2026-01-01T00:00:01.000000+00:00');
});
