/**
 * Each call in the platform that inserts an execution, by its file and the function that is
 * called: the ways that take it, or why none does.
 */
export const WRITERS: Readonly<Record<string, readonly string[] | string>> = {
  'api/executions/execute-revision.ts: request': 'of a compiled revision: s0-compile-and-revisions',
  'api/executions/execute.ts: request': ['request', 'flow', 'noop', 'holder/by token'],
  'api/executions/executions.ts: createExecutionRequests': 'the function that execute, execute-revision and rerun call',
  'api/executions/request-execution.ts: requestExecution': ['request', 'flow', 'noop', 'holder/by token'],
  'api/executions/rerun.ts: request': [
    'flow from each',
    'webhook flow from flaky',
    'flow nested from inner',
    'holder/flow from quick',
  ],
  'api/workers/dispatch.ts: createExecutionRequests': 'the same request, addressed to a worker: s1-worker-verbs',
  'executor/dispatch/immediate-children.ts: insertEndedChildren': [
    'webhook flow/quick/noop',
    'holder/flow from quick/quick/noop',
  ],
  'executor/events/process-event.ts: requestExecution': ['webhook', 'webhook flow', 'moved', 'event', 'timer'],
  'executor/queues/request-queue-execution.ts: requestExecution': ['queue', 'queue by token'],
  'executor/requests/request-execution.ts: insertFailed': ['rejected'],
  'executor/workflows/effects.ts: insertChildren': [
    'flow/first',
    'flow/each[1]',
    'flow/sub',
    'flow/nested/inner',
    'flow from each/each[1]',
  ],
  'executor/workflows/effects.ts: insertRetry': ['flow/flaky#1', 'paused/late#1', 'webhook flow from flaky/flaky#1'],
  'executor/workflows/effects.ts: insertUndispatched': ['flow/broken/bad', 'flow/broken/gone'],
};

/** Who requests an execution, as the platform names it: a way of each. */
export const SOURCES: Readonly<Record<string, string>> = {
  caller: 'request',
  rule: 'webhook',
  queue: 'queue',
  task: 'flow/first',
};
