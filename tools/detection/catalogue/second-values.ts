import type { Fault } from '../fault';

/** Faults at the second value of a pair: another name, attempt, header, origin or way. */
export const SECOND_VALUE_FAULTS: readonly Fault[] = [
  {
    id: 'F3183',
    promise: 'the pack of a process is that of its action, whatever the ref of the action begins with',
    file: 'worker/process/process-environment.ts',
    within: 'platformVariables',
    find: 'ATTUNE_PACK_REF: attempt.packRef',
    replace: "ATTUNE_PACK_REF: attempt.actionRef.split('.')[0]!",
    claims: ['T2.20c'],
  },
  {
    id: 'F3184',
    promise: 'the keys of the item that ended last are secret in the result of its list',
    file: 'core/workflow/items.ts',
    within: 'collectedOutcome',
    find: "mergeTaints(items.lastSecrets, taintFromMembers([['items', taintFromMembers(taints)]]))",
    replace: "taintFromMembers([['items', taintFromMembers(taints)]])",
    claims: ['T2.3m'],
  },
  {
    id: 'F3185',
    promise: 'a call with two signatures that differ is rejected',
    file: 'webhooks/signature.ts',
    within: 'readSignature',
    find: "typeof value !== 'string' || values.some((other) => other !== value)",
    replace: "typeof value !== 'string'",
    claims: ['T2.19d'],
  },
  {
    id: 'F3186',
    promise: 'who manages permissions gives no set of a pack the right to manage tenants',
    file: 'auth/delegation.ts',
    within: 'requireGrantable',
    find: "managesPermissions ? grants.filter(({ resource }) => resource === 'tenants') : grants",
    replace: 'managesPermissions ? [] : grants',
    claims: ['T3.33b'],
  },
];
