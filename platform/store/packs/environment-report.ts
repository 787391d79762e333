import type { EnvironmentRuntime, EnvironmentStatus } from '../../../contract/runtimes';

/** The state of a pack's environment, to be recorded. */
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
  /** Directories that this environment replaces. */
  readonly superseded: readonly string[];
}

/** Records a report. Never rejects. */
export type ReportEnvironment = (report: EnvironmentReport) => Promise<void>;
