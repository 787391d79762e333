import type { Faults } from '../fault';

/** Isolation of tenants. */
export const TENANT_FAULTS: Faults = {
  S23a: {
    promise: 'a tenant sees only its own executions',
    file: 'store/schema/09-executions.sql',
    find: "select isolate_table(array['execution']);",
    replace: '',
    claims: ['T1.7a', 'T1.7c', 'T1.7d'],
  },
  S23b: {
    promise: 'a tenant reads only its own events',
    file: 'store/schema/08-events.sql',
    find: "select isolate_table(array['event']);",
    replace: '',
    claims: ['T1.7c'],
  },
  S31c: {
    promise: 'a key belongs to one tenant',
    file: 'store/schema/11-keys.sql',
    find: "select isolate_table(array['key']);",
    replace: '',
    claims: ['T1.7b'],
  },
  F190: {
    promise: 'a subscriber receives only the notifications of its own tenant',
    file: 'notifier/subscription-index.ts',
    within: 'SubscriptionIndex',
    find: 'new Map<number, Map<string, Set<T>>>()',
    replace: `new (class extends Map<number, Map<string, Set<T>>> {
      override get() { return super.get(0); }
      override has() { return super.has(0); }
      override set(_: number, value: Map<string, Set<T>>) { return super.set(0, value); }
    })()`,
    claims: ['T1.7f'],
  },
  F191: {
    promise: 'a rule of another tenant does not exist',
    file: 'api/events/rules.ts',
    within: 'loadRule',
    find: `requireFound(await findRule(transaction, ref), \`Rule '\${ref}'\`)`,
    replace: `(await findRule(transaction, ref)) ??
      Promise.reject(new DomainError('FORBIDDEN', 'the rule belongs to another tenant'))`,
    claims: ['T1.7a', 'T1.7d'],
  },
  F192: {
    promise: 'an event fires the rules of its own tenant',
    file: 'api/events/webhooks.ts',
    within: 'receive',
    find: 'receiveWebhook(transaction, found.tenant, trigger, call, platformNow(found.tenant))',
    replace: 'receiveWebhook(transaction, 1, trigger, call, platformNow(found.tenant))',
    claims: ['T1.7c'],
  },
  F193: {
    promise: 'an execution of another tenant does not exist',
    file: 'api/executions/execute.ts',
    within: 'executeRoute',
    find: 'requireFound(await findActionToExecute(transaction, ref), `Action ${ref}`)',
    replace: `(await findActionToExecute(transaction, ref)) ??
      Promise.reject(new DomainError('CONFLICT', \`Action \${ref} cannot be run\`))`,
    claims: ['T1.7a'],
  },
  F479: {
    promise: 'a tenant sees only its own identities',
    file: 'store/schema/02-identities.sql',
    find: "select isolate_table(array['identity']);",
    replace: '',
    claims: ['T1.7e'],
  },
  F715: {
    promise: 'a tenant can neither read nor list the enforcements of another tenant',
    file: 'store/schema/08-events.sql',
    find: "select isolate_table(array['enforcement']);",
    replace: '',
    claims: ['T1.7e'],
  },
  F2402: {
    promise: 'a workflow of a frozen tenant starts no other task',
    file: 'executor/dispatch/requested-executions.ts',
    within: 'lockRequested',
    find: 'and (select not frozen from tenant where id = app_tenant())',
    replace: 'and true',
    claims: ['T1.7g'],
  },
  F2403: {
    promise: 'a log-in of a frozen tenant is rejected',
    file: 'api/identities/login.ts',
    within: 'logIn',
    find: `if (identity.frozen) throw new DomainError('FORBIDDEN', 'Identity is frozen');`,
    replace: 'void identity.frozen;',
    claims: ['T1.7g'],
  },
  F2404: {
    promise: 'the programs of a tenant end before it is removed',
    file: 'api/identities/tenants.ts',
    within: 'removeRoute',
    find: 'await waitUntilIdle(db, caller, id);',
    replace: 'void waitUntilIdle;',
    claims: ['T1.7h'],
  },
  F2405: {
    promise: 'only a frozen tenant is removed',
    file: 'api/identities/tenants.ts',
    within: 'loadFrozenTenant',
    find: 'if (!tenant.frozen) throw notFrozenError(slug);',
    replace: 'void notFrozenError;',
    claims: ['T1.7h'],
  },
  F3090: {
    promise: 'a rule of one tenant starts no sensor of another',
    file: 'store/functions/events/sensor_plan.sql',
    within: 'sensor_plan',
    find: 'r.tenant = s.tenant and r.enabled',
    replace: 'r.enabled',
    claims: ['T3.42a'],
  },
  F3091: {
    promise: 'actions of two tenants have directories of artifacts of their own',
    file: 'base/directories.ts',
    within: 'artifactsDirectory',
    find: 'String(tenant)',
    replace: "String(tenant === 0 ? tenant : 'all')",
    claims: ['T1.7i'],
  },
  F3099: {
    promise: 'environments belong to one tenant',
    file: 'base/directories.ts',
    within: 'environmentsDirectory',
    find: 'String(tenant)',
    replace: "String(tenant === 0 ? tenant : 'all')",
    claims: ['T1.7i'],
  },
};
