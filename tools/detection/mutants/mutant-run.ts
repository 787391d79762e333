import type { CensusLine } from '../../../helpers/scenario/census';
import type { Outcome } from '../outcome';
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
  /** Of earlier runs, by the id of the mutant. */
  readonly savedTrials: ReadonlyMap<string, SavedTrial>;
  /** Called with each trial that has run a part of its claims. */
  readonly saveTrial: (trial: Trial) => void;
}

export interface MutantResult {
  readonly mutant: Mutant;
  /** `caught` also if the platform did not start. */
  readonly outcome: Outcome;
  /** The claim that failed or did not decide; absent if the platform did not start. */
  readonly claim?: string;
  /** The first line of that claim's error; empty without one. */
  readonly evidence: string;
  readonly seconds: number;
}

/** A mutant that no claim has detected yet. */
export interface Trial {
  readonly mutant: Mutant;
  /** Those that reach it and have not run yet, the shortest first. */
  readonly claims: readonly CensusLine[];
  /** Whether one of its claims is known to reach it. */
  readonly isReached: boolean;
  /** The first claim that did not decide. */
  readonly undecided?: Pick<MutantResult, 'claim' | 'evidence'>;
  readonly seconds: number;
}

/** A trial as a later run continues it. */
export interface SavedTrial extends Omit<Trial, 'mutant' | 'claims'> {
  /** Ids of the claims that have not run. */
  readonly left: readonly string[];
}
