/** Requests whose tests a worker runs at once, beside its executions. */
export const MAX_TESTS_OF_WORKER = 3;

/** Those of one tenant, in all workers: fewer, so that one worker has room for another tenant. */
export const MAX_TESTS_OF_TENANT = Math.max(1, MAX_TESTS_OF_WORKER - 1);
