import type { Resource } from '../ledger/ledger';
import type { CopyMethod } from '../copy/copy-tree';

export const PHASES = ['provision', 'copy', 'up', 'health', 'test', 'teardown'] as const;
export type Phase = (typeof PHASES)[number];

/** What a phase did: `skipped` where an earlier one had ended the run. */
export interface PhaseReport {
  readonly phase: Phase;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly started_at: string | null;
  readonly ms: number | null;
}

/** How a service became ready, or did not. */
export interface CheckReport {
  readonly name: string;
  readonly url: string;
  readonly ready: boolean;
  readonly tries: number;
  /** Status of the last answer; null without one. */
  readonly last_status: number | null;
  readonly ms: number;
}

/** How the test command ended. */
export interface TestReport {
  readonly command: string;
  readonly exit_code: number;
  readonly timed_out: boolean;
  /** Processes that had to be killed. */
  readonly killed: number;
  readonly ms: number;
  /** The last lines of each stream. The files have all of it. */
  readonly stdout_tail: readonly string[];
  readonly stderr_tail: readonly string[];
  readonly files: { readonly stdout: string; readonly stderr: string };
}

/** A resource that remains on the host, and a command that removes it. */
export interface Remaining extends Resource {
  readonly remove: string;
}

/** Why a run did not end with a green test command. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** `sandbox-report/1`: one run of one repository. Times are RFC 3339, durations ms. */
export interface SandboxReport {
  readonly schema: 'sandbox-report/1';
  readonly run: { readonly id: string; readonly name: string };
  readonly repository: { readonly name: string; readonly commit: string | null; readonly dirty: boolean | null };
  readonly host: string;
  readonly sync: CopyMethod | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly started_at: string;
  readonly finished_at: string;
  readonly phases: readonly PhaseReport[];
  readonly checks: readonly CheckReport[];
  readonly test: TestReport | null;
  readonly failure: RunFailure | null;
  readonly interrupted: boolean;
  readonly leaks: readonly Remaining[];
  readonly kept: readonly Remaining[];
  readonly labels: { readonly closes: readonly string[] };
  readonly exit_code: number;
}
