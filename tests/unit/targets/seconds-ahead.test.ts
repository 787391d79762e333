import { secondsAhead } from '../../../helpers/target/start/suite-settings';

test.each([
  ['20 s before a full minute', '10:00:40.900', 0],
  ['one second later', '10:00:41', 59],
  ['at a full minute', '10:00:00', 40],
  ['just before a full minute', '10:00:59.999', 41],
])('a platform starts 20 s before a full minute, also %s', (_, time, seconds) => {
  const now = Date.parse(`2026-01-27T${time}Z`);

  expect(secondsAhead(now)).toBe(seconds);
  expect(new Date(now + seconds * 1_000).getUTCSeconds()).toBe(40);
});
