export type GateCode =
  | 'POLICY_INVALID'
  | 'HISTORY_INVALID'
  | 'FLAKES_INVALID'
  | 'STEPS_INVALID'
  | 'REPORT_INVALID'
  | 'SLICE_UNKNOWN'
  | 'CHECK_UNKNOWN'
  | 'PROMOTION_WINDOW_OPEN'
  | 'PROMOTION_NEEDS_APPROVER'
  | 'QUARANTINE_NEEDS_OWNER'
  | 'QUARANTINE_INVALID'
  | 'RUNTIME_MANIFEST_INVALID';

/** The gate rejects a request or a file: exit 2. Nothing was changed. */
export class GateError extends Error {
  constructor(
    readonly code: GateCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'GateError';
  }
}
