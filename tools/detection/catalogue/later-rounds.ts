import type { Fault } from '../fault';

/** What happens a second time: a later round, a rerun, a second block, another way to say it. */
export const LATER_ROUND_FAULTS: readonly Fault[] = [
  {
    id: 'F3262',
    promise: 'a part of a parallel task that was named while it ran has the result of then',
    file: 'core/workflow/advance.ts',
    within: 'startParallelTask',
    find: '{ from, rounds: NO_ROUNDS, ...(ended && { ended }) }',
    replace: '{ from, rounds: NO_ROUNDS }',
    claims: ['T2.18k'],
  },
  {
    id: 'F3263',
    promise: 'a task that starts sees the end that named it',
    file: 'core/workflow/scope.ts',
    within: 'scopeAtStart',
    find: 'trigger ? scopeAfter(context, triggeredBy, trigger) : scopeAfterTask(context, triggeredBy)',
    replace: 'scopeAfterTask(context, triggeredBy)',
    claims: ['T2.18k'],
  },
  {
    id: 'F3264',
    promise: 'a join after a loop is of the later round of what meets it',
    file: 'core/workflow/rounds.ts',
    within: 'latest',
    find: 'Math.max(a[loop] ?? 0, b[loop]!)',
    replace: 'b[loop]!',
    claims: ['T2.18l'],
  },
  {
    id: 'F3265',
    promise: 'an arrival of the round in which a task ran does not start it again',
    file: 'core/workflow/start-round.ts',
    within: 'isAwaited',
    find: 'compareRounds(definition, next, rounds) > 0',
    replace: 'compareRounds(definition, next, rounds) >= 0',
    claims: ['T2.18l'],
  },
  {
    id: 'F3266',
    promise: 'each failed round counts that nothing handled, also after one that was handled',
    file: 'core/workflow/start-round.ts',
    within: 'keepFailure',
    find: 'other.task === task && sameNames(other.handlers, failed.handlers)',
    replace: 'other.task === task',
    claims: ['T2.18m'],
  },
  {
    id: 'F3267',
    promise: 'a failed round is not handled by a task that was skipped',
    file: 'core/workflow/finish.ts',
    within: 'hasRun',
    find: "(task.status !== 'skipped' && task.error === null)",
    replace: 'task.error === null',
    claims: ['T2.18m'],
  },
];
