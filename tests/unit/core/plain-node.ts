import type * as timedCode from './timed-code';

declare global {
  var plainNode: typeof timedCode;
}

/** Code that runs as in the platform; only where the test's environment is `./environment.js`. */
export const { plainNode } = globalThis;
