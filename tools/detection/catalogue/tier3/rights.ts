import type { Fault } from '../../fault';

/** Routes and their grants, one by one; what a caller may hand on. */
export const RIGHT_FAULTS: readonly Fault[] = [
  {
    id: 'F2150',
    promise: 'a grant that is limited to a pack is none on another',
    file: 'api/http/authorize.ts',
    within: 'checkLoaded',
    find: 'const isAllowed = rights.allowsAll(resource, action) || rights.allows(resource, action, await target?.(call));',
    replace:
      'const isAllowed = rights.hasAny(resource, action) || rights.allows(resource, action, await target?.(call));',
    claims: ['T3.33a'],
  },
  {
    id: 'F2151',
    promise: 'a runtime is removed only with the grant to delete it',
    file: 'api/packs/runtimes.ts',
    within: 'changeRoutes',
    find: `grant: 'runtimes:delete'`,
    replace: `grant: 'runtimes:update'`,
    claims: ['T3.33a'],
  },
  {
    id: 'F2152',
    promise: 'a work queue names no permission set that its writer does not hold',
    file: 'api/queues/queue-requirements.ts',
    within: 'requireExecutable',
    find: 'await requireDelegable(transaction, caller, permissionSets ?? action.default_execution_permission_set_refs);',
    replace:
      'if (permissionSets === null) await requireDelegable(transaction, caller, action.default_execution_permission_set_refs);',
    claims: ['T3.33b'],
  },
  {
    id: 'F2153',
    promise: 'who manages one permission set puts into it what it holds itself',
    file: 'api/identities/permissions.ts',
    within: 'setRoutes',
    find: 'await requireGrantable(transaction, caller, { ref: set.ref, grants: parseStoredGrants(grants) });',
    replace: 'if (grants.length > 99) await requireGrantable(transaction, caller, { ref: set.ref, grants: [] });',
    claims: ['T3.33b'],
  },
  {
    id: 'F2154',
    promise: 'a changed password ends the sessions of integration tokens, too',
    file: 'auth/issue-tokens.ts',
    within: 'refreshIntegrationTokens',
    find: 'await resolveTokenOwner(context, { ...claims, identity: person.id });',
    replace: '',
    claims: ['T3.33c'],
  },
  {
    id: 'F2155',
    promise: 'a frozen identity does not log in by an integration token',
    file: 'auth/issue-tokens.ts',
    within: 'findIntegrationTokenOwner',
    find: 'found && person && !person.frozen',
    replace: 'found && person',
    claims: ['T3.33c'],
  },
  {
    id: 'F2160',
    promise: 'a notification of a rule has the state before the change',
    file: 'store/functions/notifications/notify_rule_change.sql',
    find: `'old_enabled', old.enabled`,
    replace: `'old_enabled', new.enabled`,
    claims: ['T3.34a'],
  },
  {
    id: 'F2161',
    promise: 'a firing is announced to those alone who may read enforcements',
    file: 'notifier/subscriber-rights.ts',
    within: 'canRead',
    find: `return rights.allows('enforcements', 'read');`,
    replace: `return rights.hasAny('executions', 'read') || rights.allows('enforcements', 'read');`,
    claims: ['T3.34a'],
  },
];
