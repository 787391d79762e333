/** For waits on a busy machine, and never a claim; below Jest's limit of a test. ms. */
const LIVENESS_MS = 90_000;

/** For `until`: monotonic ms. */
export const livenessDeadline = (): number => performance.now() + LIVENESS_MS;
