import { cronSchedule } from '../../../../platform/core/schedule/cron';
import { formatInstant } from '../../../../platform/core/schedule/date-time';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Days of the clock changes, MM-DD of spring and autumn, by the zones' own laws. */
const US: Record<number, [string, string]> = {
  2020: ['03-08', '11-01'],
  2021: ['03-14', '11-07'],
  2022: ['03-13', '11-06'],
  2023: ['03-12', '11-05'],
  2024: ['03-10', '11-03'],
  2025: ['03-09', '11-02'],
  2026: ['03-08', '11-01'],
  2027: ['03-14', '11-07'],
  2028: ['03-12', '11-05'],
  2029: ['03-11', '11-04'],
  2030: ['03-10', '11-03'],
  2031: ['03-09', '11-02'],
  2032: ['03-14', '11-07'],
  2033: ['03-13', '11-06'],
  2034: ['03-12', '11-05'],
  2035: ['03-11', '11-04'],
  2036: ['03-09', '11-02'],
  2037: ['03-08', '11-01'],
  2038: ['03-14', '11-07'],
  2039: ['03-13', '11-06'],
  2040: ['03-11', '11-04'],
};
const EU: Record<number, [string, string]> = {
  2020: ['03-29', '10-25'],
  2021: ['03-28', '10-31'],
  2022: ['03-27', '10-30'],
  2023: ['03-26', '10-29'],
  2024: ['03-31', '10-27'],
  2025: ['03-30', '10-26'],
  2026: ['03-29', '10-25'],
  2027: ['03-28', '10-31'],
  2028: ['03-26', '10-29'],
  2029: ['03-25', '10-28'],
  2030: ['03-31', '10-27'],
  2031: ['03-30', '10-26'],
  2032: ['03-28', '10-31'],
  2033: ['03-27', '10-30'],
  2034: ['03-26', '10-29'],
  2035: ['03-25', '10-28'],
  2036: ['03-30', '10-26'],
  2037: ['03-29', '10-25'],
  2038: ['03-28', '10-31'],
  2039: ['03-27', '10-30'],
  2040: ['03-25', '10-28'],
};
/** Half an hour, in the southern year: autumn comes first. */
const LORD_HOWE: Record<number, [string, string]> = {
  2020: ['10-04', '04-05'],
  2021: ['10-03', '04-04'],
  2022: ['10-02', '04-03'],
  2023: ['10-01', '04-02'],
  2024: ['10-06', '04-07'],
  2025: ['10-05', '04-06'],
  2026: ['10-04', '04-05'],
  2027: ['10-03', '04-04'],
  2028: ['10-01', '04-02'],
  2029: ['10-07', '04-01'],
  2030: ['10-06', '04-07'],
  2031: ['10-05', '04-06'],
  2032: ['10-03', '04-04'],
  2033: ['10-02', '04-03'],
  2034: ['10-01', '04-02'],
  2035: ['10-07', '04-01'],
  2036: ['10-05', '04-06'],
  2037: ['10-04', '04-05'],
  2038: ['10-03', '04-04'],
  2039: ['10-02', '04-03'],
  2040: ['10-07', '04-01'],
};

interface Law {
  readonly zone: string;
  readonly days: Record<number, [string, string]>;
  /** Offsets in hours. */
  readonly winter: number;
  readonly summer: number;
  /** Time of the clock change, hours after midnight UTC of that date; may be negative. */
  readonly springAt: number;
  readonly autumnAt: number;
}

const NEW_YORK: Law = { zone: 'America/New_York', days: US, winter: -5, summer: -4, springAt: 7, autumnAt: 6 };
const BERLIN: Law = { zone: 'Europe/Berlin', days: EU, winter: 1, summer: 2, springAt: 1, autumnAt: 1 };
const HOWE: Law = {
  zone: 'Australia/Lord_Howe',
  days: LORD_HOWE,
  winter: 10.5,
  summer: 11,
  springAt: -8.5,
  autumnAt: -9,
};
const LAWS = [NEW_YORK, BERLIN, HOWE];

const changeOf = (law: Law, year: number, which: 0 | 1): number =>
  Date.parse(`${year}-${law.days[year]![which]}T00:00:00Z`) + (which === 0 ? law.springAt : law.autumnAt) * HOUR;

const from = Date.UTC(2020, 0, 2);
const to = Date.UTC(2040, 11, 30);

/** Whether summer time applies at an instant, by the table. */
function isSummer(law: Law, at: number): boolean {
  const year = new Date(at).getUTCFullYear();
  const [spring, autumn] = [changeOf(law, year, 0), changeOf(law, year, 1)];
  return spring < autumn ? at >= spring && at < autumn : at >= spring || at < autumn;
}

function occurrences(expression: string, zone: string, after: number, until: number): number[] {
  const schedule = cronSchedule({ expression, timezone: zone });
  const found: number[] = [];
  for (let at = schedule.next(after); at !== null && at <= until; at = schedule.next(at)) found.push(at);
  return found;
}

const texts = (instants: readonly number[]): string[] => instants.map((at) => formatInstant(at).slice(0, 19));

describe.each(LAWS)('CR-01 CR-02 2020-2040 in $zone', (law) => {
  const [winter, summer] = [law.winter * HOUR, law.summer * HOUR];
  /** One occurrence a day at a wall time, minutes after midnight. */
  const daily = (minutes: number): number[] => {
    const days: number[] = [];
    for (let midnight = from; midnight <= to; midnight += 24 * HOUR) {
      const wallTime = midnight + minutes * MINUTE;
      const asSummer = wallTime - summer;
      const asWinter = wallTime - winter;
      // The first pass is summer time; a skipped time is the moment of the clock change.
      if (isSummer(law, asSummer)) days.push(asSummer);
      else if (!isSummer(law, asWinter)) days.push(asWinter);
      else days.push(changeOf(law, new Date(midnight).getUTCFullYear(), 0));
    }
    return days;
  };

  test.each([
    ['0 30 2 * * *', 150],
    ['0 30 1 * * *', 90],
  ])('a fixed time fires once a day: %s', (expression, minutes) => {
    const expected = daily(minutes);
    expect(expected).toHaveLength(7_669);

    expect(texts(occurrences(expression, law.zone, from - 14 * HOUR, expected.at(-1)!))).toEqual(texts(expected));
  });

  test('every quarter hour fires in both passes and not in the gap', () => {
    const quarters = occurrences('0 */15 * * * *', law.zone, from - 1, from + 310 * 24 * HOUR - 1);

    expect(quarters).toHaveLength(310 * 96);
    expect(quarters).toEqual(Array.from({ length: 310 * 96 }, (_, n) => from + n * 15 * MINUTE));
  });

  test('wildcard minutes of a skipped hour do not fire that day', () => {
    const spring = changeOf(law, 2026, 0);
    const day = occurrences('0 */30 2 * * *', law.zone, spring - 3 * HOUR, spring + 20 * HOUR);

    expect(texts(day)).toEqual(law === HOWE ? ['2026-10-03T15:30:00'] : []);
  });

  test('wildcard minutes of a repeated hour fire in both passes', () => {
    const autumn = changeOf(law, 2026, 1);
    const hour = law === BERLIN ? 2 : 1;
    const day = occurrences(`0 */30 ${hour} * * *`, law.zone, autumn - 3 * HOUR, autumn + 20 * HOUR);

    const passes = law === HOWE ? [-60, -30, 0] : [-60, -30, 0, 30];
    expect(texts(day)).toEqual(texts(passes.map((minutes) => autumn + minutes * MINUTE)));
  });
});

test('two times in one gap are one occurrence', () => {
  const spring = Date.UTC(2026, 2, 8, 7);

  expect(texts(occurrences('0 0,20,40 2,3 * * *', 'America/New_York', spring - HOUR, spring + HOUR))).toEqual([
    '2026-03-08T07:00:00',
    '2026-03-08T07:20:00',
    '2026-03-08T07:40:00',
  ]);
});

test('a timer armed in the second pass does not repeat the first pass', () => {
  const schedule = cronSchedule({ expression: '0 30 1 * * *', timezone: 'America/New_York' });

  expect(formatInstant(schedule.next(Date.UTC(2026, 10, 1, 6, 10))!)).toBe('2026-11-02T06:30:00.000000Z');
});

test('a fixed time of a skipped day fires at the start of the next', () => {
  expect(texts(occurrences('0 0 12 * * *', 'Pacific/Apia', Date.UTC(2011, 11, 29), Date.UTC(2012, 0, 1)))).toEqual([
    '2011-12-29T22:00:00',
    '2011-12-30T10:00:00',
    '2011-12-30T22:00:00',
    '2011-12-31T22:00:00',
  ]);
});
