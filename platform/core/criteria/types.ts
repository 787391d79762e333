import type { Json } from '../../../contract/json';

/** What criteria can see of an event. */
export interface Occurrence {
  readonly id: number;
  readonly trigger: number | null;
  readonly triggerRef: string;
  /** Undefined: the event was stored without any, which matches whatever the criteria are. */
  readonly payload: Json | undefined;
  /** RFC 3339. */
  readonly created: string;
}

/** Why criteria could not be held against an event. It then does not match. */
export type CriteriaCode = 'CRITERIA_INVALID' | 'CRITERIA_ERROR' | 'CRITERIA_TIMEOUT';

export interface Verdict {
  readonly matched: boolean;
  /** The part of the criteria that decided; null where there was nothing to decide. */
  readonly decidedBy: string | null;
  readonly code: CriteriaCode | null;
  readonly message: string | null;
}

export const met = (decidedBy: string | null): Verdict => ({ matched: true, decidedBy, code: null, message: null });

export const unmet = (decidedBy: string, message: string | null = null): Verdict => ({
  matched: false,
  decidedBy,
  code: null,
  message,
});

export const unusable = (decidedBy: string, message: string, code: CriteriaCode = 'CRITERIA_INVALID'): Verdict => ({
  matched: false,
  decidedBy,
  code,
  message,
});
