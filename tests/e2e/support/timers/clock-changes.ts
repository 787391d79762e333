import type { TimerParameters } from './planned-rules';

const timezone = 'America/New_York';
const cron = (expression: string): TimerParameters => ({ kind: 'cron', params: { expression, timezone } });
const recurring = (dtstart: string, freq: string): TimerParameters => ({
  kind: 'recurrence',
  params: { dtstart, freq, timezone },
});

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour).join(',');

/** A timer, and its fires on both days: hours and minutes, UTC. */
type ClockChangeRow = readonly [timer: TimerParameters, spring: string, autumn: string];

/** The clock is set from 2:00 to 3:00 at 7:00 UTC. */
export const SPRING = { day: '2027-03-14', from: '05:30', to: '10:10' };
/** The clock is set from 2:00 to 1:00 at 6:00 UTC. */
export const AUTUMN = { day: '2027-11-07', from: '04:45', to: '09:10' };

export const CLOCK_CHANGES: readonly ClockChangeRow[] = [
  [cron('0 30 2 * * *'), '07:00', '07:30'],
  [cron('0 30 1 * * *'), '06:30', '05:30'],
  [cron('0 15,45 2 * * *'), '07:00', '07:15 07:45'],
  [cron('0 15,45 1 * * *'), '06:15 06:45', '05:15 05:45'],
  [cron('0 */30 2 * * *'), '', '07:00 07:30'],
  [cron('0 */30 1 * * *'), '06:00 06:30', '05:00 05:30 06:00 06:30'],
  [cron(`0 0 ${EVERY_HOUR} * * *`), '06:00 07:00 08:00 09:00 10:00', '05:00 06:00 07:00 08:00 09:00'],
  [recurring('2027-01-01T02:30:00', 'daily'), '07:00', '07:30'],
  [recurring('2027-01-01T01:30:00', 'daily'), '06:30', '05:30'],
  [recurring('2027-01-01T00:15:00', 'hourly'), '06:15 07:15 08:15 09:15', '05:15 06:15 07:15 08:15'],
  [{ kind: 'interval', params: { unit: 'hours', interval: 2 } }, '07:30 09:30', '06:45 08:45'],
];
