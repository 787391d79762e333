import type { Fault } from '../../fault';

/** What each reader gets of a key. */
export const STORED_KEY_FAULTS: readonly Fault[] = [
  {
    id: 'F2170',
    promise: 'only who may decrypt a key is shown its encrypted value',
    file: 'api/keys/keys.ts',
    within: 'presentKey',
    find: `rights.allows('keys', 'decrypt', keyTarget(row))`,
    replace: `rights.allows('keys', 'read', keyTarget(row))`,
    claims: ['T3.35a'],
  },
  {
    id: 'F2171',
    promise: 'a process receives the keys of its action',
    file: 'store/secrets/keys.ts',
    within: 'listInjectedKeys',
    find: 'owner_action = any(${actions}::bigint[]))`',
    replace: 'owner_action = any(${actions}::bigint[]) and not encrypted)`',
    claims: ['T3.35a'],
  },
  {
    id: 'F2172',
    promise: 'the keys of every owner end with their lifetime',
    file: 'store/secrets/keys.ts',
    within: 'isUnexpired',
    find: 'expires_at is null or expires_at > ${now}',
    replace: `expires_at is null or expires_at > \${now} or owner_type = 'sensor'`,
    claims: ['T3.35b'],
  },
  {
    id: 'F2173',
    promise: 'an update changes the value of the keys of every owner',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined ? readKeyValue(transaction, row) : change.value',
    replace: `row.owner_type === 'sensor' || change.value === undefined ? readKeyValue(transaction, row) : change.value`,
    claims: ['T3.35b'],
  },
  {
    id: 'F2174',
    promise: 'the texts inside of a secret object are masked in the output',
    file: 'store/executions/attempt-secrets.ts',
    within: 'resolveParameters',
    find: 'values.filter(({ encrypted }) => encrypted)',
    replace: `values.filter(({ encrypted, value }) => encrypted && typeof value === 'string')`,
    claims: ['T3.35c'],
  },
  {
    id: 'F2175',
    promise: 'a secret parameter is removed from the stored parameters, whatever it is',
    file: 'core/secrets/extract-secrets.ts',
    within: 'extractSecrets',
    find: 'nodeTaint === true',
    replace: `nodeTaint === true && (typeof node !== 'string' || !node.includes(' '))`,
    claims: ['T3.35c'],
  },
];
