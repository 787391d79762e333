import { EXIT_CODES } from '../../../contract/errors';
import { advanceClock } from '../../../cli/clock/clock';
import { throwClockError } from '../../../cli/clock/clock-error';
import { clockLines, moveLines } from '../../../cli/clock/clock-lines';
import { parseDuration } from '../../../cli/clock/parse-duration';
import { isInstant, laterBy } from '../../../cli/clock/parse-instant';
import { ApiError } from '../../../helpers/errors';

test.each([
  ['3h', 10_800_000],
  ['72h', 259_200_000],
  ['1h30m', 5_400_000],
  ['3d', 259_200_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['250ms', 250],
  ['1m', 60_000],
  ['0.25s', 250],
  ['0s', 0],
  ['PT72H', 259_200_000],
  ['P3D', 259_200_000],
  ['P1W', 604_800_000],
  ['P1DT2H3M4.005S', 93_784_005],
  ['PT0.001S', 1],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ['', 'use 3h, 1h30m, 250ms, 3d, or ISO 8601 as PT72H'],
  ['three hours', 'use 3h, 1h30m, 250ms, 3d, or ISO 8601 as PT72H'],
  ['30m1h', 'use 3h, 1h30m'],
  ['-3h', 'use 3h, 1h30m'],
  ['PT', 'use 3h, 1h30m'],
  ['72', 'it has no unit; use 72s for seconds, or 3h'],
  ['P1Y', 'years and months have no fixed length; use days, as 365d'],
  ['P1M', 'use days'],
  ['0.0005s', 'is no whole number of milliseconds'],
  ['400000d', 'is longer than 1,000 years'],
])('the duration %j is refused with what would be right', (text, message) => {
  expect(() => parseDuration(text)).toThrow(message);
});

test.each([
  ['2035-02-26T08:00:00Z', true],
  ['2035-02-26T08:00:00.000001+01:00', true],
  ['2035-02-26', false],
  ['2035-02-26T08:00:00', false],
  ['2035-13-26T08:00:00Z', false],
])('whether %s is an instant: %j', (text, expected) => {
  expect(isInstant(text)).toBe(expected);
});

test('a later instant keeps its microseconds', () => {
  expect(laterBy('2035-02-26T08:00:00.123456Z', 259_200_001)).toBe('2035-03-01T08:00:00.124456Z');
  expect(laterBy('2035-02-26T08:00:00Z', 1)).toBe('2035-02-26T08:00:00.001Z');
});

test.each([
  ['none', undefined, {}],
  ['both', 1, { to: '2035-02-26T08:00:00Z' }],
])('advance with %s of duration and --to is invalid usage', async (_, byMs, flags) => {
  await expect(advanceClock(byMs, flags)).rejects.toMatchObject({
    exitCode: EXIT_CODES.usage,
    message: expect.stringContaining('or --to INSTANT, and not both: tuningfork clock advance 3h') as unknown,
  });
});

const now = '2035-02-26T08:00:00.000000Z';

test('a move is printed in its order, with the time after it', () => {
  const fired = [
    { kind: 'timer' as const, id: 7, at: '2035-02-26T07:00:00Z' },
    { kind: 'inquiry' as const, id: 3, at: now },
  ];

  expect(moveLines({ now, steps: 2, fired })).toEqual([
    '2035-02-26T07:00:00Z  timer 7',
    `${now}  inquiry 3`,
    `now ${now}, after 2 steps`,
  ]);
});

test('a clock is printed with what is due next', () => {
  const clock = { mode: 'pinned' as const, now, real_now: now, next_due_at: null, due: 0, in_flight: 1 };

  expect(clockLines(clock)).toEqual([
    `now        ${now}  pinned`,
    `real time  ${now}`,
    'next due   nothing',
    'due now    0',
    'in flight  1',
  ]);
});

const rejection = (status: number, code: string) =>
  new ApiError({
    method: 'POST',
    path: '/clock/advance',
    status,
    code,
    message: 'it is so',
    body: { error: 'it is so', code },
  });

/** The CommandError for a rejection. */
function failureOf(error: ApiError): unknown {
  try {
    return throwClockError(error);
  } catch (failure) {
    return failure;
  }
}

test('a platform without virtual time is exit 3, with how to start one', () => {
  expect(failureOf(rejection(404, 'NOT_ENABLED'))).toMatchObject({
    exitCode: EXIT_CODES.notProvisioned,
    message: expect.stringMatching(/^NOT_ENABLED: .*up --virtual-time.*PLATFORM_VIRTUAL_TIME=on$/) as unknown,
  });
});

test('a rejected move is exit 1', () => {
  expect(failureOf(rejection(409, 'CLOCK_BUSY'))).toMatchObject({
    exitCode: EXIT_CODES.testFailed,
    message: 'CLOCK_BUSY: POST /clock/advance returned 409: it is so',
  });
});
