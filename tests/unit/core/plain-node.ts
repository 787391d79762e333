import type * as timedCode from './timed-code';

declare global {
  var plainNode: typeof timedCode;
}

/** Code that runs as in the platform; only where the test's environment is `./environment.js`. */
export const { plainNode } = globalThis;

/** CPU time of this process, ms: other processes are not counted. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
