import { formatInstant, parseInstant, secondsBetween, writtenInstant } from '../../../../helpers/instant';

test.each([
  ['2026-01-27T10:00:00.000001Z', '2026-01-27T10:00:00.100002Z', 0.100001],
  ['2026-01-27T10:00:00.999999Z', '2026-01-27T10:00:03.999999Z', 3],
  ['2026-01-27T10:00:00Z', '2027-01-27T12:00:00.5+02:00', 31_536_000.5],
  ['2026-01-27T10:00:01Z', '2026-01-27T10:00:00.999999Z', -0.000001],
])('from %s to %s it is %d s', (from, to, seconds) => {
  expect(secondsBetween(from, to)).toBe(seconds);
});

test.each(['2026-01-27T10:00:00.000001Z', '2026-12-31T23:59:59.999999Z', '2026-01-27T10:00:00.000000Z'])(
  '%s is formatted as it was read',
  (text) => {
    expect(formatInstant(parseInstant(text))).toBe(text);
  },
);

test.each(['2026-01-27T10:00:10Z', '2026-01-27T10:00:00.45508Z', '2026-01-27T10:00:00.000001Z'])(
  '%s is written without zeros at its end',
  (text) => {
    expect(writtenInstant(parseInstant(text))).toBe(text);
  },
);
