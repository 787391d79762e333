import { availableParallelism } from 'node:os';

/**
 * Test files that run at the same time, unless `--maxWorkers` changes it: one for each core, and
 * one for the times in which the others wait.
 */
export const JEST_WORKERS = availableParallelism() + 1;
