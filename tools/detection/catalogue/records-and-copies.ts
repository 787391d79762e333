import type { Fault } from '../fault';

/** What a record, a count or a copy of something shows of it. */
export const RECORD_AND_COPY_FAULTS: readonly Fault[] = [
  {
    id: 'F3160',
    promise: 'a rerun prefers the workers that the earlier request preferred',
    file: 'api/executions/rerun.ts',
    within: 'requestedFields',
    find: 'worker_affinity: row.worker_affinity',
    replace: '...{}',
    claims: ['T2.20a'],
  },
  {
    id: 'F3161',
    promise: 'an execution that is started again has not started until its second program runs',
    file: 'executor/recovery/recover-execution.ts',
    within: 'requestAgain',
    find: '{ worker: null, started_at: null }',
    replace: '{ worker: null }',
    claims: ['T3.12e'],
  },
  {
    id: 'F3162',
    promise: 'the result of a list has the keys of the document that its last item returned',
    file: 'core/workflow/items.ts',
    within: 'countItem',
    find: 'lastResult: resultView(result, child.status)',
    replace: 'lastResult: result',
    claims: ['T2.10h'],
  },
  {
    id: 'F3163',
    promise: 'an execution that is being cancelled counts as cancelled',
    file: 'store/executions/executions.ts',
    within: 'STATUS_GROUPS',
    find: "['cancelled', 'canceling']",
    replace: "['cancelled']",
    claims: ['T3.32i'],
  },
  {
    id: 'F3164',
    promise: 'a paused execution counts as running',
    file: 'store/executions/executions.ts',
    within: 'STATUS_GROUPS',
    find: '...SHOWN_AS_RUNNING',
    replace: '...[]',
    claims: ['T3.32i'],
  },
  {
    id: 'F3165',
    promise: 'the hours of a count lead back from its end',
    file: 'store/records/analytics.ts',
    within: 'readInterval',
    find: "until - ${hours} * interval '1 hour'",
    replace: "platform_now() - ${hours} * interval '1 hour'",
    claims: ['T3.32g'],
  },
];
