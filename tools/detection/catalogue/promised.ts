import type { Fault } from '../fault';

/** Secrets, rights and second paths that titles promise, and no claim had compared. */
export const PROMISED_FAULTS: readonly Fault[] = [
  {
    id: 'F3103',
    promise: 'a changed schedule of a timer is checked like a new one',
    file: 'api/events/rules.ts',
    within: 'updateRuleForCaller',
    find: 'timer: trigger && { trigger: trigger.ref, params: triggerParams }',
    replace: 'timer: null',
    claims: ['T1.3l', 'T2.20g'],
  },
];
