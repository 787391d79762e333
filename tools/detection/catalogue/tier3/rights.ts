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
