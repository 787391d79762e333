import type { Fault } from '../fault';

/** Isolation of tenants. */
export const TENANT_FAULTS: readonly Fault[] = [
  {
    id: 'S23a',
    promise: 'a tenant sees only its own executions',
    file: 'store/schema/09-executions.sql',
    find: "select isolate_table(array['execution']);",
    replace: '',
    claims: ['T1.7a', 'T1.7c', 'T1.7d'],
  },
  {
    id: 'S23b',
    promise: 'a tenant reads only its own events',
    file: 'store/schema/08-events.sql',
    find: "select isolate_table(array['event']);",
    replace: '',
    claims: ['T1.7c'],
  },
  {
    id: 'S31c',
    promise: 'a key belongs to one tenant',
    file: 'store/schema/11-keys.sql',
    find: "select isolate_table(array['key']);",
    replace: '',
    claims: ['T1.7b'],
  },
  {
    id: 'F190',
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
  {
    id: 'F191',
    promise: 'a rule of another tenant does not exist',
    file: 'api/events/rules.ts',
    within: 'loadRule',
    find: `throw notFound(\`Rule '\${ref}'\`);`,
    replace: `throw new DomainError('FORBIDDEN', 'the rule belongs to another tenant');`,
    claims: ['T1.7a', 'T1.7d'],
  },
  {
    id: 'F192',
    promise: 'an event fires the rules of its own tenant',
    file: 'api/events/webhooks.ts',
    within: 'receive',
    find: 'receiveWebhook(transaction, found.tenant, trigger, call, platformNow(found.tenant))',
    replace: 'receiveWebhook(transaction, 1, trigger, call, platformNow(found.tenant))',
    claims: ['T1.7c'],
  },
  {
    id: 'F193',
    promise: 'an execution of another tenant does not exist',
    file: 'api/executions/execute.ts',
    within: 'executeRoute',
    find: 'if (!action) throw notFound(`Action ${ref}`);',
    replace: `if (!action) throw new DomainError('CONFLICT', \`Action \${ref} cannot be run\`);`,
    claims: ['T1.7a'],
  },
  {
    id: 'F479',
    promise: 'a tenant sees only its own identities',
    file: 'store/schema/02-identities.sql',
    find: "select isolate_table(array['identity']);",
    replace: '',
    claims: ['T1.7e'],
  },
  {
    id: 'F715',
    promise: 'a tenant can neither read nor list the enforcements of another tenant',
    file: 'store/schema/08-events.sql',
    find: "select isolate_table(array['enforcement']);",
    replace: '',
    claims: ['T1.7e'],
  },
];
