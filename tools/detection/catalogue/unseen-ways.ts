import type { Fault } from '../fault';

/** Ways beside the usual one, which no claim had. */
export const UNSEEN_WAY_FAULTS: readonly Fault[] = [
  {
    id: 'F3339',
    promise: 'the output of a stopped Python program is not lost',
    file: 'worker/runtimes/python.ts',
    within: 'pythonRuntime',
    find: "['-u', file]",
    replace: "['-B', file]",
    claims: ['T1.8j'],
  },
  {
    id: 'F3340',
    promise: 'what belongs to a person is closed to a queue that another has saved',
    file: 'executor/queues/request-queue-execution.ts',
    within: 'requestQueueExecution',
    find: 'isAuthor(executor, queue.saved_by)',
    replace: 'executor !== null',
    claims: ['T3.33n'],
  },
  {
    id: 'F3341',
    promise: 'what belongs to a person is closed to the tasks of a workflow that another has saved',
    file: 'store/executions/children.ts',
    within: 'inheritedColumns',
    find: 'execution.authored_by_executor && isAuthor(execution.executor, savedBy)',
    replace: 'execution.authored_by_executor',
    claims: ['T3.33n'],
  },
  {
    id: 'F3342',
    promise: 'what belongs to a person is closed to an action that another has saved',
    file: 'store/executions/attempt-secrets.ts',
    within: 'resolveCredential',
    find: 'execution.authored_by_executor && (isShared || isAuthor(executor, execution.saved_by))',
    replace: 'execution.authored_by_executor',
    claims: ['T3.33n'],
  },
];
