import type { Faults } from '../fault';

/** The changes of executions and workers. */
export const HISTORY_FAULTS: Faults = {
  F1446: {
    promise: 'a history begins with the newest change',
    file: 'store/records/history.ts',
    within: 'NEWEST_FIRST',
    find: 'sql`time desc, id desc`',
    replace: 'sql`time, id`',
    claims: ['T3.14a'],
  },
  F2415: {
    promise: 'the history of an execution has the reason for which it was lost',
    file: 'store/functions/history/record_execution_history.sql',
    find: 'if new.termination_reason is distinct from old.termination_reason then',
    replace: 'if false then',
    claims: ['T3.12a', 'T3.12d'],
  },
};
