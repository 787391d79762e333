import { existsSync } from 'node:fs';
import type { RunFacts } from '../target/run-facts';

/** The platform that the suite started has ended during the run. */
export class TargetEndedError extends Error {
  override readonly name = 'TargetEndedError';
  constructor(when: 'before' | 'during') {
    super(`the platform ended ${when} this test: how, and its last lines, follow the results of all tests`);
  }
}

/** Whether it has ended: its directory, which contains that of the run, is removed then. */
export const hasTargetEnded = ({ kind, directory }: Pick<RunFacts, 'kind' | 'directory'>): boolean =>
  kind === 'started' && !existsSync(directory);
