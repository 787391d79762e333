import type { JsonObject } from '../../../contract/json';
import { LAST_INSTANT, ScheduleInvalid, type Schedule } from './types';

const UNIT_SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
/** Shorter ones would be nothing but load. */
const LEAST_SECONDS = 0.05;

/**
 * `anchor` + n × period: no error adds up, and whoever asks late is told the next of the same phase. Throws
 * INTERVAL_INVALID, and OUT_OF_RANGE where even the first lies beyond the year 9999.
 */
export function intervalSchedule({ unit, interval }: JsonObject, anchor: number): Schedule {
  const seconds = typeof unit === 'string' ? UNIT_SECONDS[unit] : undefined;
  if (seconds === undefined) throw new ScheduleInvalid('INTERVAL_INVALID', 'unit is seconds, minutes or hours');
  if (typeof interval !== 'number' || interval * seconds < LEAST_SECONDS) {
    throw new ScheduleInvalid('INTERVAL_INVALID', `interval is a number of at least ${LEAST_SECONDS} seconds`);
  }
  const [anchorMicros, periodMicros] = [Math.round(anchor * 1_000), Math.round(interval * seconds * 1_000_000)];
  if ((anchorMicros + periodMicros) / 1_000 > LAST_INSTANT) {
    throw new ScheduleInvalid('OUT_OF_RANGE', 'the first occurrence lies beyond the year 9999');
  }
  return {
    kind: 'interval',
    said: { interval_seconds: interval * seconds },
    followsClock: true,
    next: (after) => {
      const periods = Math.floor((Math.round(after * 1_000) - anchorMicros) / periodMicros) + 1;
      const at = (anchorMicros + periods * periodMicros) / 1_000;
      return at > LAST_INSTANT ? null : at;
    },
  };
}
