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
  /** Directories that this one has taken the place of. */
  readonly superseded: readonly string[];
}

/** Writes a report down. Never rejects. */
export type Report = (report: EnvironmentReport) => Promise<void>;
