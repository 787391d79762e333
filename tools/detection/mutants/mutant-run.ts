import type { CensusLine } from '../../../helpers/scenario/census';
import type { runClaims } from '../run/run-claims';
import type { InstrumentedCopies } from './instrumented-copy';
import type { Mutant } from './mutant';

/** What every run of one command shares. */
export interface MutantRun {
  readonly copies: InstrumentedCopies;
  readonly census: readonly CensusLine[];
  readonly runClaims: typeof runClaims;
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/**
 * `killed`: a claim failed, or the platform did not start. `undecided`: no claim failed, and one
 * did not decide.
 */
export type MutantOutcome = 'killed' | 'survived' | 'undecided' | 'not reached';

export interface MutantResult {
  readonly mutant: Mutant;
  readonly outcome: MutantOutcome;
  /** The claim that failed or did not decide; absent if the platform did not start. */
  readonly claim?: string;
  /** The first line of that claim's error; empty without one. */
  readonly evidence: string;
  readonly seconds: number;
}
