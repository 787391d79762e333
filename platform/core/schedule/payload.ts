import type { JsonObject } from '../../../contract/json';
import { instantText } from './instant';
import type { Schedule } from './types';

/** The contract writes instants inside payloads so. */
const text = (at: number): string => instantText(at, '+00:00');

/** One occurrence. Instants: epoch ms. */
export interface Occurrence {
  readonly dueAt: number;
  readonly firedAt: number;
  /** Null: this was the last. */
  readonly nextAt: number | null;
  /** 1 for the first since the timer was armed. */
  readonly count: number;
  readonly sensorRef: string;
}

/** The payload of a timer's event, by its kind. */
export function payloadOf({ kind, said }: Schedule, occurrence: Occurrence): JsonObject {
  const { dueAt, firedAt, nextAt, count, sensorRef } = occurrence;
  const base = { type: kind, fired_at: text(firedAt), ...said };
  const delay = { delay_ms: Math.max(0, Math.round(firedAt - dueAt)) };
  switch (kind) {
    case 'interval':
      return { ...base, execution_count: count, sensor_ref: sensorRef };
    case 'cron':
      return {
        ...base,
        scheduled_at: text(dueAt),
        next_fire_at: nextAt === null ? null : text(nextAt),
        execution_count: count,
        sensor_ref: sensorRef,
      };
    case 'one_shot':
      return { ...base, fire_at: text(dueAt), ...delay, sensor_ref: sensorRef };
    case 'rrule':
      return { ...base, scheduled_at: text(dueAt), ...delay, execution_count: count, sensor_ref: sensorRef };
  }
}
