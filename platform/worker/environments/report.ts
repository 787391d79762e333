import type { EnvironmentRuntime, EnvironmentStatus } from '../../../contract/environments';

/** How a pack's environment stands, for its record. */
export interface EnvironmentReport {
  readonly tenant: number;
  readonly packRef: string;
  readonly packDirectory: string;
  readonly runtime: EnvironmentRuntime;
  readonly contentHash: string;
  readonly status: Extract<EnvironmentStatus, 'installing' | 'ready' | 'failed'>;
  readonly sizeBytes: number | null;
  readonly log: string;
  readonly failing: string | null;
}

/** Writes a report down. Never rejects. */
export type Report = (report: EnvironmentReport) => Promise<void>;
