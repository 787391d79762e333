import type { Fault } from '../fault';

/** The changes of executions and workers. */
export const HISTORY_FAULTS: readonly Fault[] = [
  {
    id: 'F1446',
    promise: 'a history begins with the newest change',
    file: 'store/records/history.ts',
    within: 'NEWEST_FIRST',
    find: 'sql`time desc, id desc`',
    replace: 'sql`time, id`',
    claims: ['T3.14a'],
  },
];
