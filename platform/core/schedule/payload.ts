import type { JsonObject } from '../../../contract/json';
import { formatInstant } from './date-time';
import type { Schedule } from './types';

/** The contract's form of instants inside payloads. */
const formatUtcInstant = (at: number): string => formatInstant(at, '+00:00');

/** One occurrence. Instants: epoch ms. */
export interface TimerOccurrence {
  readonly dueAt: number;
  readonly firedAt: number;
  /** Null for the last occurrence. */
  readonly nextAt: number | null;
  /** 1 for the first since the timer was armed. */
  readonly count: number;
  readonly sensorRef: string;
}

/** The payload of a timer's event, by its kind. */
export function timerPayload({ kind, payloadFields }: Schedule, occurrence: TimerOccurrence): JsonObject {
  const { dueAt, firedAt, nextAt, count, sensorRef } = occurrence;
  const base = { type: kind, fired_at: formatUtcInstant(firedAt), ...payloadFields };
  const delay = { delay_ms: Math.max(0, Math.round(firedAt - dueAt)) };
  switch (kind) {
    case 'interval':
      return { ...base, execution_count: count, sensor_ref: sensorRef };
    case 'cron':
      return {
        ...base,
        scheduled_at: formatUtcInstant(dueAt),
        next_fire_at: nextAt === null ? null : formatUtcInstant(nextAt),
        execution_count: count,
        sensor_ref: sensorRef,
      };
    case 'one_shot':
      return { ...base, fire_at: formatUtcInstant(dueAt), ...delay, sensor_ref: sensorRef };
    case 'rrule':
      return {
        ...base,
        scheduled_at: formatUtcInstant(dueAt),
        ...delay,
        execution_count: count,
        sensor_ref: sensorRef,
      };
  }
}
