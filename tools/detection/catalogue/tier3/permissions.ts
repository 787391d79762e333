import type { Faults } from '../../fault';

/** Shipped permission sets and their operations. */
export const PERMISSION_FAULTS: Faults = {
  F1561: {
    promise: 'a rule is removed only with the grant to delete it',
    file: 'api/events/rules.ts',
    within: 'changeRoutes',
    find: `grant: 'rules:delete'`,
    replace: `grant: 'rules:read'`,
    claims: ['T3.10a', 'T3.10c', 'T3.10d'],
  },
  F1563: {
    promise: 'an administrator may remove an action',
    file: 'api/packs/actions.ts',
    within: 'changeRoutes',
    find: `grant: 'actions:delete'`,
    replace: `grant: 'executions:decrypt'`,
    claims: ['T3.10b', 'T3.10d'],
  },
  F1562: {
    promise: 'an assignment that is removed gives no right',
    file: 'store/identities/permission-sets.ts',
    within: 'removeAssignment',
    find: `const { numDeletedRows } = await transaction.deleteFrom(table).where('id', '=', id).executeTakeFirst();`,
    replace: `const { numDeletedRows } = { numDeletedRows: 1 };`,
    claims: ['T3.10e'],
  },
  F1564: {
    promise: 'a pack that a caller may not read does not exist for that caller',
    file: 'auth/pack-access.ts',
    within: 'loadReadablePack',
    find: 'if (isPublicPack(pack)) return pack;',
    replace: 'return pack;',
    claims: ['T3.11b'],
  },
  F1565: {
    promise: 'no caller changes the standard pack',
    file: 'auth/pack-access.ts',
    within: 'rejectShared',
    find: `if (row && isShared(row)) throw new DomainError('FORBIDDEN', "Pack 'core' is read-only");`,
    replace: '',
    claims: ['T3.11d'],
  },
  F1566: {
    promise: 'every caller may read the standard pack',
    file: 'auth/pack-access.ts',
    within: 'isPublicPack',
    find: 'isShared(pack) || pack.is_standard',
    replace: 'false',
    claims: ['T3.11a'],
  },
  F1567: {
    promise: 'an execution belongs to the user who requested it',
    file: 'api/executions/request-execution.ts',
    within: 'createExecutionRequests',
    find: 'const { tenant, identity: executor } = caller;',
    replace: 'const { tenant } = caller, executor = 1;',
    claims: ['T3.11c'],
  },
};
