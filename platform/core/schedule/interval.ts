import type { JsonObject } from '../../../contract/json';
import { LAST_INSTANT_MS, ScheduleError, type Schedule } from './types';

const UNIT_SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
/** A shorter interval would be only load. */
const MIN_INTERVAL_SECONDS = 0.05;

/** To an integer, after the error of the multiplication has been rounded away. */
const roundUp = (micros: number): number => Math.ceil(Number(micros.toFixed(3)));

/**
 * `anchor` + n × period: errors do not accumulate, and a late fire does not shift the phase.
 * Throws INTERVAL_INVALID, and OUT_OF_RANGE where the first occurrence is beyond the year 9999.
 */
export function intervalSchedule({ unit, interval }: JsonObject, anchor: number): Schedule {
  const seconds = typeof unit === 'string' ? UNIT_SECONDS[unit] : undefined;
  if (seconds === undefined) throw new ScheduleError('INTERVAL_INVALID', 'unit is seconds, minutes or hours');
  if (typeof interval !== 'number' || interval * seconds < MIN_INTERVAL_SECONDS) {
    throw new ScheduleError('INTERVAL_INVALID', `interval is a number of at least ${MIN_INTERVAL_SECONDS} seconds`);
  }
  const [anchorMicros, periodMicros] = [Math.round(anchor * 1_000), roundUp(interval * seconds * 1_000_000)];
  if ((anchorMicros + periodMicros) / 1_000 > LAST_INSTANT_MS) {
    throw new ScheduleError('OUT_OF_RANGE', 'the first occurrence lies beyond the year 9999');
  }
  return {
    kind: 'interval',
    payloadFields: { interval_seconds: interval * seconds },
    followsClock: true,
    next: (after) => {
      const periods = Math.floor((Math.round(after * 1_000) - anchorMicros) / periodMicros) + 1;
      const at = (anchorMicros + periods * periodMicros) / 1_000;
      return at > LAST_INSTANT_MS ? null : at;
    },
  };
}
