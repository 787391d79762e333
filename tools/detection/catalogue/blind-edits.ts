import type { Faults } from '../fault';

/** Random edits that no claim had noticed. */
export const BLIND_EDIT_FAULTS: Faults = {
  F2995: {
    promise: 'the roles of an identity are sorted',
    file: 'store/identities/identity-admin.ts',
    within: 'getIdentityDetail',
    find: "build.selectFrom('identity_role').select(['id', 'identity as identity_id', 'role', 'source', 'managed', 'created', 'updated']).whereRef('identity', '=', 'identity.id').orderBy('role')",
    replace:
      "build.selectFrom('identity_role').select(['id', 'identity as identity_id', 'role', 'source', 'managed', 'created', 'updated']).whereRef('identity', '=', 'identity.id')",
    claims: ['T2.16e'],
  },
  F2996: {
    promise: 'a part of a raw rule has a name and a value',
    file: 'core/schedule/recurrence-rule.ts',
    within: 'parseRawRule',
    find: "if (key === undefined || value === undefined) throw invalid('rule', `has ${writeJson(pair)}: write FREQ=DAILY;INTERVAL=2`);",
    replace: '',
    claims: ['T1.3l'],
  },
  F2997: {
    promise: 'the prefix of a range of addresses is a decimal number',
    file: 'base/http/address-list.ts',
    within: 'addEntry',
    find: 'PREFIX_LENGTH.test(prefixLength) && Number(prefixLength) <= (version === 6 ? 128 : 32)',
    replace: 'Number(prefixLength) <= (version === 6 ? 128 : 32)',
    claims: ['T2.19g'],
  },
  F2998: {
    promise: 'workers are listed by name',
    file: 'store/workers/worker-health.ts',
    within: 'listWorkerHealth',
    find: 'order by w.name',
    replace: '',
    claims: ['T3.12h'],
  },
  F2999: {
    promise: 'a name of a version file may be as long as file systems accept',
    file: 'core/data/version-file.ts',
    within: 'versionFilePath',
    find: 'Buffer.byteLength(part) <= MAX_NAME_BYTES',
    replace: 'Buffer.byteLength(part) < MAX_NAME_BYTES',
    claims: ['T3.36b'],
  },
  F3000: {
    promise: 'a task whose permission sets are no list of refs does not start',
    file: 'core/workflow/child.ts',
    within: 'buildChild',
    find: "if (permissionSetRefs === undefined) { return { code: 'PERMISSION_SETS', message: `Task '${task.name}': permission_set_refs must be a list of refs` }; }",
    replace: '',
    claims: ['T3.41c'],
  },
};
