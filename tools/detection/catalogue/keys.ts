import type { Faults } from '../fault';

/** Keys, their encryption and lifetime, and the rights of executions. */
export const KEY_FAULTS: Faults = {
  S19a: {
    promise: 'an encrypted value is encrypted in the database',
    file: 'store/secrets/vault.ts',
    within: 'openVault',
    find: `return {
    seal: (value, binding) => encrypt(key, writeJson(value), binding),
    unseal: (sealed, binding) => {
      try {
        return parseJsonText(open([key, ...formerKeys], sealed, binding)) as Json;
      } catch (error) {
        if (error instanceof UnsealFailed) unsealFailures++;
        throw error;
      }
    },
    unsealFailures: () => unsealFailures,
    reseal: (sealed, binding) => {
      if (decrypt(key, sealed, binding) !== null) return null;
      return encrypt(key, open(formerKeys, sealed, binding), binding);
    },
  };`,
    replace: `return {
    seal: (value) => writeJson(value),
    unseal: (sealed) => parseJsonText(sealed) as Json,
    unsealFailures: () => unsealFailures,
    reseal: () => null,
  };`,
    claims: ['T2.3e', 'T3.20b'],
  },
  S19b: {
    promise: 'a key is absent after its lifetime',
    file: 'store/secrets/keys.ts',
    within: 'isUnexpired',
    find: 'expires_at is null or expires_at > ${now}',
    replace: 'true',
    claims: ['T1.6e', 'T1.6k', 'T1.6m', 'T2.3d'],
  },
  F1898: {
    promise: 'a key is absent from the end of its lifetime on',
    file: 'store/secrets/keys.ts',
    within: 'isUnexpired',
    find: 'expires_at > ${now}',
    replace: 'expires_at >= ${now}',
    claims: ['T1.6e', 'T1.6k', 'T2.3d', 'T2.3g'],
  },
  F1899: {
    promise: 'the lifetime of a key is given in seconds',
    file: 'store/secrets/keys.ts',
    within: 'expirySql',
    find: "${lifetime.seconds}::double precision * interval '1 s'",
    replace: "${lifetime.seconds}::double precision * interval '10 s'",
    claims: ['T1.6e', 'T1.6m', 'T2.3d'],
  },
  S31a: {
    promise: 'a key that was created is stored',
    file: 'api/keys/keys.ts',
    within: 'createRoute',
    find: 'return { data: presentKey(transaction, await rights(), row) };',
    replace: `const data = presentKey(transaction, await rights(), row);
      await deleteKey(transaction, row.id);
      return { data };`,
    claims: ['T1.6a', 'T1.6c', 'T1.6g', 'T2.3a', 'T2.3b'],
  },
  S31b: {
    promise: 'an encrypted value is shown only to callers that may decrypt it',
    file: 'api/keys/keys.ts',
    within: 'presentKey',
    find: '!row.encrypted || canDecrypt',
    replace: 'true',
    claims: ['T1.6d', 'T2.3c'],
  },
  S32d: {
    promise: 'a key that does not exist is not found',
    file: 'api/keys/keys.ts',
    within: 'readRoutes',
    find: 'load: ({ transaction, params }) => loadKey(transaction, params.ref)',
    replace: `load: async ({ transaction, params }) => (await findKey(transaction, params.ref)) ?? ({
      id: 1, tenant: 1, ref: params.ref, owner_type: 'system', owner: null, owner_identity: null, owner_pack: null,
      owner_pack_ref: null, owner_action: null, owner_action_ref: null, owner_sensor: null, owner_sensor_ref: null,
      name: params.ref, encrypted: false, version: 1, expires_at: null, value: null, owning_pack_ref: null,
      created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z',
    } as unknown as KeyRow)`,
    claims: ['T1.6b'],
  },
  F140: {
    promise: 'an update replaces the value',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined',
    replace: 'row.value !== null',
    claims: ['T1.6f', 'T2.4c'],
  },
  F146: {
    promise: 'a stored object keeps its false and empty members',
    file: 'store/secrets/keys.ts',
    within: 'toStoredValue',
    find: 'encrypted ? vaultOf(transaction).seal(value, binding) : value',
    replace: `encrypted ? vaultOf(transaction).seal(value, binding)
      : (parseJsonText(writeJson(value, (_, member: Json) => member || undefined)) as Json)`,
    claims: ['T1.6g'],
  },
  F148: {
    promise: 'an execution has the permission sets that it was requested with',
    file: 'store/executions/new-execution.ts',
    within: 'requestExecution',
    find: '[...(input.permission_set_refs ?? input.action.permissionSetRefs)]',
    replace: '[...input.action.permissionSetRefs]',
    claims: ['T1.6a', 'T2.3a'],
  },
  F323: {
    promise: 'a printed secret is masked in the error output, too',
    file: 'worker/attempts/run-attempt.ts',
    within: 'prepareAttempt',
    find: 'stderr: redactor.createFilter()',
    replace: 'stderr: { push: (bytes: Buffer) => bytes, end: () => Buffer.alloc(0) }',
    claims: ['T1.6h', 'T3.20c'],
  },
  F488: {
    promise: 'who may not read an encrypted value may not store it in plain text',
    file: 'api/keys/keys.ts',
    within: 'changeRoutes',
    find: 'loaded.encrypted && body.encrypted === false',
    replace: 'loaded.encrypted && body.encrypted === false && body.name !== undefined',
    claims: ['T2.3k'],
  },
  F490: {
    promise: 'the right to write is no right to read an encrypted value',
    file: 'api/keys/keys.ts',
    within: 'presentKey',
    find: `rights.allows('keys', 'decrypt', keyTarget(row))`,
    replace: `rights.allows('keys', 'decrypt', keyTarget(row)) || rights.allows('keys', 'update', keyTarget(row))`,
    claims: ['T2.3h'],
  },
  F451: {
    promise: 'an update of the name keeps an encrypted value',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined ? readKeyValue(transaction, row) : change.value',
    replace: 'change.value === undefined ? row.value : change.value',
    claims: ['T2.3f'],
  },
  F452: {
    promise: 'an update of the value keeps the lifetime',
    file: 'api/keys/keys.ts',
    within: 'changeOf',
    find: 'const lifetime = lifetimeOf(body);',
    replace: 'const lifetime = lifetimeOf(body) ?? null;',
    claims: ['T1.6k'],
  },
  F453: {
    promise: 'an expired key can be created again',
    file: 'store/secrets/keys.ts',
    within: 'insertKey',
    find: 'not ${isUnexpired}',
    replace: 'false',
    claims: ['T1.6k'],
  },
  F541: {
    promise: 'an update of a key moves its updated time',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'updated: now',
    replace: 'updated: row.updated',
    claims: ['T1.6f'],
  },
  F543: {
    promise:
      'an update that makes a stored key encrypted stores its value encrypted, and readable for who may decrypt it',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'toStoredValue(transaction, value, encrypted, keyBinding({ ...row, version }))',
    replace: 'toStoredValue(transaction, value, row.encrypted, keyBinding({ ...row, version }))',
    claims: ['T2.3j'],
  },
  F547: {
    promise: 'an action with the permission set standard reads the encrypted keys of its own pack',
    file: 'auth/grants.ts',
    within: 'standardPermissionSet',
    find: "actions: ['read', 'decrypt']",
    replace: "actions: ['read']",
    claims: ['T1.6d'],
  },
  F614: {
    promise: 'a key whose lifetime an update removes does not expire',
    file: 'api/keys/keys.ts',
    within: 'lifetimeOf',
    find: 'ttl_seconds === null || expires_at === null',
    replace: 'ttl_seconds === null && expires_at === null',
    claims: ['T1.6k'],
  },
  F615: {
    promise: 'a new key whose name another key of the same owner has is refused and removes nothing',
    file: 'store/secrets/keys.ts',
    within: 'insertKey',
    find: 'sql<SqlBool>`not ${isUnexpired}`',
    replace: 'sql<SqlBool>`true`',
    claims: ['T1.6l'],
  },
  F777: {
    promise: 'a key that is overwritten with null is null',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined ? readKeyValue(transaction, row) : change.value',
    replace: 'change.value ?? readKeyValue(transaction, row)',
    claims: ['T2.15d', 'T2.15k'],
  },
  F880: {
    promise: 'a write that expects a lower version than that of the key is rejected',
    file: 'store/secrets/keys.ts',
    within: 'requireKeyVersion',
    find: 'expected === version',
    replace: 'expected <= version',
    claims: ['T2.17d'],
  },
  F881: {
    promise: 'an expression may compute the name of the key that it reads',
    file: 'executor/workflows/workflow-keystore.ts',
    within: 'loadWorkflowKeystore',
    find: "references !== 'all' && references.size === 0",
    replace: "references === 'all' || references.size === 0",
    claims: ['T2.4c'],
  },
  F144: {
    promise: 'deleting a key deletes no other key',
    file: 'api/keys/keys.ts',
    within: 'changeRoutes',
    find: 'remove: ({ transaction, loaded }) => deleteKey(transaction, loaded.id)',
    replace: `remove: async ({ transaction, loaded }) => {
      for (const { id, ref } of (await listKeys(transaction, {}, { offset: 0, limit: 10_000 })).rows)
        if (ref.startsWith(loaded.ref)) await deleteKey(transaction, id);
    }`,
    claims: ['T1.6c'],
  },
  F2400: {
    promise: 'an update with expires_at null removes the lifetime of a key',
    file: 'api/keys/keys.ts',
    within: 'lifetimeOf',
    find: 'ttl_seconds === null || expires_at === null',
    replace: 'ttl_seconds === null',
    claims: ['T1.6k'],
  },
};
