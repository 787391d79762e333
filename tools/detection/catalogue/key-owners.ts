import type { Faults } from '../fault';

/** Whose keys an execution or a person reads. */
export const KEY_OWNER_FAULTS: Faults = {
  F912: {
    promise: 'a key of an identity is hidden from other identities',
    file: 'auth/key-rights.ts',
    within: 'keyTarget',
    find: 'owner: key.owner_identity',
    replace: 'owner: null',
    claims: ['T1.6i', 'T3.20d'],
  },
  F930: {
    promise: 'a request with an empty list of permission sets gets no token',
    file: 'store/executions/new-execution.ts',
    within: 'requestExecution',
    find: 'input.permission_set_refs ?? input.action.permissionSetRefs',
    replace: 'input.permission_set_refs?.length ? input.permission_set_refs : input.action.permissionSetRefs',
    claims: ['T1.6a'],
  },
  F937: {
    promise: 'an execution of a rule without permission sets has those of its action',
    file: 'executor/events/process-event.ts',
    within: 'requestRuleExecution',
    find: '{ permission_set_refs, permissionLimit, isAuthoredByExecutor }',
    replace: '{ permission_set_refs: permission_set_refs ?? [], permissionLimit, isAuthoredByExecutor }',
    claims: ['T1.6a'],
  },
};
