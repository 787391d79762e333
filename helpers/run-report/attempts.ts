import type { AttemptModel, ClaimModel } from './run-model';

export const hasFailed = ({ result }: Pick<AttemptModel, 'result'>): boolean =>
  result === 'failed' || result === 'environment';

/** It passed in the end, and an attempt before had failed. */
export const isFlaky = ({ result, attempts }: ClaimModel): boolean => result === 'passed' && attempts.some(hasFailed);

/** All attempts, the oldest first. */
export const attemptsOf = (claim: ClaimModel): readonly AttemptModel[] => [...claim.attempts, claim];
