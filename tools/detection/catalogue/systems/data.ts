import type { Fault } from '../../fault';

/** Connections to stored keys, and the search in them. */
export const DATA_FAULTS: readonly Fault[] = [
  {
    id: 'F1260',
    promise: 'a process gets the value of a connection',
    file: 'core/secrets/resolve-connections.ts',
    within: 'resolveConnections',
    find: 'parameters: insertSecrets(parameters, resolved)',
    replace: 'parameters',
    claims: ['S0-39'],
  },
  {
    id: 'F1262',
    promise: 'the value of a connection is redacted in the output',
    file: 'store/executions/attempt-secrets.ts',
    within: 'resolveParameters',
    find: '[...Object.values(secrets), ...secretDefaults(execution), ...resolved.values, ...values.filter(({ encrypted }) => encrypted).map(({ value }) => value)]',
    replace:
      '[...Object.values(secrets), ...secretDefaults(execution), ...values.filter(({ encrypted }) => encrypted).map(({ value }) => value)]',
    claims: ['S0-39'],
  },
  {
    id: 'F1264',
    promise: 'a connection to an encrypted key takes the permission to decrypt it',
    file: 'api/executions/caller-connections.ts',
    within: 'canReadValue',
    find: `rights.allows('keys', 'decrypt', target)`,
    replace: 'true',
    claims: ['S0-39'],
  },
  {
    id: 'F1266',
    promise: 'a definition reads keys of the system and of its own pack',
    file: 'store/secrets/connected-keys.ts',
    within: 'findDefinitionKeys',
    find: 'owner_pack_ref === packRef',
    replace: 'owner_pack_ref !== null',
    claims: ['S0-39'],
  },
  {
    id: 'F1270',
    promise: 'the vector search puts the nearest key first',
    file: 'store/secrets/search-keys.ts',
    within: 'nearestKeys',
    find: 'b.score - a.score',
    replace: 'a.score - b.score',
    claims: ['S0-37'],
  },
  {
    id: 'F1272',
    promise: 'the value of an encrypted key is not searched',
    file: 'store/secrets/index-key.ts',
    within: 'indexKey',
    find: `encrypted ? '' : searchableText(value)`,
    replace: 'searchableText(value)',
    claims: ['S0-37'],
  },
  {
    id: 'F1273',
    promise: 'a search leaves out the keys that the caller may not read',
    file: 'api/keys/search.ts',
    within: 'hitsOf',
    find: `rows.filter((row) => rights.allows('keys', 'read', keyTarget(row)))`,
    replace: 'rows.filter(() => rights)',
    claims: ['S0-37'],
  },
];
