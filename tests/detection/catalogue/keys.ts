import type { Fault } from '../fault';

/** Keys, their encryption and lifetime, and the rights of executions. */
export const KEY_FAULTS: readonly Fault[] = [
  {
    id: 'S19a',
    promise: 'an encrypted value is encrypted in the database',
    file: 'store/secrets/vault.ts',
    within: 'openVault',
    find: `return {
    seal: (value, binding) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
        additionalData(binding),
      );
      const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
    },
    unseal: (sealed, binding) => {
      try {
        return JSON.parse(decrypt(key, Buffer.from(sealed, 'base64'), binding)) as Json;
      } catch {
        throw new UnsealFailed(binding);
      }
    },
  };`,
    replace: 'return { seal: (value) => JSON.stringify(value), unseal: (sealed) => JSON.parse(sealed) as Json };',
    claims: ['T2.3e'],
  },
  {
    id: 'S19b',
    promise: 'a key is absent after its lifetime',
    file: 'store/secrets/keys.ts',
    within: 'isUnexpired',
    find: 'expires_at is null or expires_at > ${now}',
    replace: 'true',
    claims: ['T1.6e', 'T2.3d'],
  },
  {
    id: 'S31a',
    promise: 'a key that was created is stored',
    file: 'api/keys.ts',
    within: 'createRoute',
    find: 'return { data: presentKey(transaction, await rights(), row) };',
    replace: `const data = presentKey(transaction, await rights(), row);
      await deleteKey(transaction, row.id);
      return { data };`,
    claims: ['T1.6a', 'T1.6c', 'T1.6g', 'T2.3a', 'T2.3b'],
  },
  {
    id: 'S31b',
    promise: 'an encrypted value is shown only to callers that may decrypt it',
    file: 'api/keys.ts',
    within: 'presentKey',
    find: '!row.encrypted || canDecrypt',
    replace: 'true',
    claims: ['T1.6d', 'T2.3c'],
  },
  {
    id: 'S32d',
    promise: 'a key that does not exist is not found',
    file: 'api/keys.ts',
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
  {
    id: 'F140',
    promise: 'an update replaces the value',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined',
    replace: 'row.value !== null',
    claims: ['T1.6f', 'T2.4c'],
  },
  {
    id: 'F141',
    promise: 'an update changes one record',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'updated: now',
    replace: 'updated: row.created',
    claims: ['T1.6f'],
  },
  {
    id: 'F142',
    promise: 'the lifetime of a key counts seconds',
    file: 'store/secrets/keys.ts',
    within: 'expirySql',
    find: `interval '1 s'`,
    replace: `interval '1 minute'`,
    claims: ['T1.6e', 'T2.3d'],
  },
  {
    id: 'F143',
    promise: 'a key is readable during its lifetime',
    file: 'store/secrets/keys.ts',
    within: 'expirySql',
    find: `interval '1 s'`,
    replace: `interval '10 ms'`,
    claims: ['T1.6e', 'T2.3d'],
  },
  {
    id: 'F144',
    promise: 'deleting a key deletes no other key',
    file: 'api/keys.ts',
    within: 'changeRoutes',
    find: 'remove: ({ transaction, loaded }) => deleteKey(transaction, loaded.id)',
    replace: `remove: async ({ transaction, loaded }) => {
      for (const { id, ref } of (await listKeys(transaction, {}, { offset: 0, limit: 10_000 })).rows)
        if (ref.startsWith(loaded.ref)) await deleteKey(transaction, id);
    }`,
    claims: ['T1.6c'],
  },
  {
    id: 'F145',
    promise: 'a stored value keeps its JSON type',
    file: 'store/secrets/keys.ts',
    within: 'toStoredValue',
    find: 'encrypted ? vaultOf(transaction).seal(value, binding) : value',
    replace: `encrypted ? vaultOf(transaction).seal(value, binding) : typeof value === 'object' ? value : String(value)`,
    claims: ['T1.6c'],
  },
  {
    id: 'F146',
    promise: 'a stored object keeps its false and empty members',
    file: 'store/secrets/keys.ts',
    within: 'toStoredValue',
    find: 'encrypted ? vaultOf(transaction).seal(value, binding) : value',
    replace: `encrypted ? vaultOf(transaction).seal(value, binding)
      : (JSON.parse(JSON.stringify(value, (_, member: Json) => member || undefined)) as Json)`,
    claims: ['T1.6g'],
  },
  {
    id: 'F147',
    promise: 'an execution without permission sets reads no key',
    file: 'store/executions/attempt-secrets.ts',
    within: 'resolveCredential',
    find: 'if (refs.length === 0) return { credential: null, problem: null };',
    replace: 'if (refs.length === 0) refs = [STANDARD_PERMISSION_SET_REF];',
    claims: ['T1.6a'],
  },
  {
    id: 'F148',
    promise: 'an execution has the permission sets that it was requested with',
    file: 'store/executions/executions.ts',
    within: 'requestExecution',
    find: '[...(input.permission_set_refs ?? input.action.permissionSetRefs)]',
    replace: '[...input.action.permissionSetRefs]',
    claims: ['T1.6a', 'T2.3a'],
  },
  {
    id: 'F151',
    promise: 'the encrypted keys of a process are masked in its output',
    file: 'store/executions/attempt-secrets.ts',
    within: 'resolveParameters',
    find: 'values.filter(({ encrypted }) => encrypted)',
    replace: 'values.filter(({ encrypted }) => !encrypted)',
    claims: ['T1.6d'],
  },
  {
    id: 'F323',
    promise: 'a printed secret is masked in the error output, too',
    file: 'worker/attempts/run-attempt.ts',
    within: 'prepareAttempt',
    find: 'stderr: redactor.createFilter()',
    replace: 'stderr: { push: (bytes: Buffer) => bytes, end: () => Buffer.alloc(0) }',
    claims: ['T1.6h'],
  },
  {
    id: 'F488',
    promise: 'who may not read an encrypted value may not store it in plain text',
    file: 'api/keys.ts',
    within: 'changeRoutes',
    find: 'loaded.encrypted && body.encrypted === false',
    replace: 'loaded.encrypted && body.encrypted === false && body.name !== undefined',
    claims: ['T2.3h'],
  },
  {
    id: 'F490',
    promise: 'the right to write is no right to read an encrypted value',
    file: 'api/keys.ts',
    within: 'presentKey',
    find: `rights.allows('keys', 'decrypt', keyTarget(row))`,
    replace: `rights.allows('keys', 'decrypt', keyTarget(row)) || rights.allows('keys', 'update', keyTarget(row))`,
    claims: ['T2.3h'],
  },
  {
    id: 'F451',
    promise: 'an update of the name keeps an encrypted value',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'change.value === undefined ? readKeyValue(transaction, row) : change.value',
    replace: 'change.value === undefined ? row.value : change.value',
    claims: ['T2.3f'],
  },
  {
    id: 'F452',
    promise: 'an update of the value keeps the lifetime',
    file: 'api/keys.ts',
    within: 'changeOf',
    find: 'const lifetime = lifetimeOf(body);',
    replace: 'const lifetime = lifetimeOf(body) ?? null;',
    claims: ['T1.6e'],
  },
  {
    id: 'F453',
    promise: 'an expired key can be created again',
    file: 'store/secrets/keys.ts',
    within: 'insertKey',
    find: 'not ${isUnexpired}',
    replace: 'false',
    claims: ['T1.6e'],
  },
  {
    id: 'F454',
    promise: 'an expired key is passed to no process',
    file: 'store/secrets/keys.ts',
    within: 'listInjectedKeys',
    find: `transaction.selectFrom('key').selectAll().where(isUnexpired)`,
    replace: `transaction.selectFrom('key').selectAll()`,
    claims: ['T2.3d'],
  },
  {
    id: 'F455',
    promise: 'a list of keys keeps those of the named owner only',
    file: 'store/secrets/keys.ts',
    within: 'listKeys',
    find: 'owner: filter.owner',
    replace: 'owner: undefined',
    claims: ['T1.6c', 'T2.16d'],
  },
];
