/** The audit of one request. */
export interface RequestAudit {
  readonly id: string;
  readonly startedAt: number;
  /** Its row is committed. */
  isRecorded: boolean;
}
