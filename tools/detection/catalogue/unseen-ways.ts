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
  {
    id: 'F3343',
    promise: 'a log-in that succeeds ends the count of the failed ones',
    file: 'store/functions/identities/record_login_success.sql',
    find: 'delete from failed_login where name = login;',
    replace: '',
    claims: ['T3.40c'],
  },
  {
    id: 'F3344',
    promise: 'a change of the password that succeeds ends the count of the failed ones',
    file: 'api/identities/auth.ts',
    within: 'changePassword',
    find: 'await recordSuccess();',
    replace: '',
    claims: ['T3.40c'],
  },
];
