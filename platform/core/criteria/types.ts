import type { Json, JsonObject } from '../../../contract/json';
import type { Taint } from '../secrets/taint';

/** The fields of an event that criteria can read. */
export interface CriteriaEvent {
  readonly id: number;
  readonly triggerRef: string;
  /** Undefined: the event was stored without one, and matches any criteria. */
  readonly payload: Json | undefined;
  /** The parts of the payload that are secret: no message shows one. Absent: none. */
  readonly secrets?: Taint;
  /** Those that its webhook keeps; an event of anything else has none. */
  readonly headers?: JsonObject;
  /** RFC 3339. */
  readonly created: string;
}

/** What expressions can read of an event. */
export const EVENT_FIELDS: readonly string[] = ['id', 'trigger', 'trigger_ref', 'payload', 'created', 'headers'];

/** Why criteria could not be evaluated: they then do not match. */
export type CriteriaCode = 'CRITERIA_INVALID' | 'CRITERIA_ERROR' | 'CRITERIA_TIMEOUT';

export interface CriteriaResult {
  readonly matched: boolean;
  /** The part of the criteria that decided; null for empty criteria. */
  readonly decidedBy: string | null;
  readonly code: CriteriaCode | null;
  readonly message: string | null;
}

export const criteriaMatched = (decidedBy: string | null): CriteriaResult => ({
  matched: true,
  decidedBy,
  code: null,
  message: null,
});

export const criteriaNotMatched = (decidedBy: string, message: string | null = null): CriteriaResult => ({
  matched: false,
  decidedBy,
  code: null,
  message,
});

export const criteriaFailed = (
  decidedBy: string,
  message: string,
  code: CriteriaCode = 'CRITERIA_INVALID',
): CriteriaResult => ({
  matched: false,
  decidedBy,
  code,
  message,
});
