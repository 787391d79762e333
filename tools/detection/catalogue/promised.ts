import type { Fault } from '../fault';

/** Secrets, rights and second paths that titles promise, and no claim had compared. */
export const PROMISED_FAULTS: readonly Fault[] = [
  {
    id: 'F3103',
    promise: 'a changed schedule of a timer is checked like a new one',
    file: 'api/events/rules.ts',
    within: 'updateRuleForCaller',
    find: 'timer: trigger && { trigger: trigger.ref, params: triggerParams }',
    replace: 'timer: null',
    claims: ['T1.3l', 'T2.20g'],
  },
  {
    id: 'F3105',
    promise: 'a secret in a list of objects is secret',
    file: 'core/secrets/schema-taint.ts',
    within: 'propertyTaint',
    find: 'mergeTaints(members, elementsTaint(property.items, value))',
    replace: 'members',
    claims: ['T2.3m'],
  },
  {
    id: 'F3106',
    promise: 'an enforcement shows no secret of its payload',
    file: 'store/events/enforcements.ts',
    within: 'getEnforcement',
    find: 'shownParameters(row.payload, schema)',
    replace: 'row.payload',
    claims: ['T2.3o'],
  },
  {
    id: 'F3107',
    promise: 'an item whose whole payload is secret is not shown',
    file: 'store/queues/items.ts',
    within: 'shownPayload',
    find: '[schemaTaint(schema, payload), propertyTaint(schema, payload)]',
    replace: '[schemaTaint(schema, payload)]',
    claims: ['T2.23l'],
  },
  {
    id: 'F3113',
    promise: 'a secret member of `data` is secret under its own name, too',
    file: 'core/workflow/result-view.ts',
    within: 'resultViewTaint',
    find: 'mergeTaints(taint, taintFromMembers(shownKeys.map((key) => [key, memberTaint(dataTaint, key)])))',
    replace: 'taint',
    claims: ['T2.3m'],
  },
  {
    id: 'F3114',
    promise: 'a secret of a part of a parallel task is secret',
    file: 'core/workflow/advance.ts',
    within: 'completeParallelTask',
    find: 'secrets: taintFromMembers(executed.map(([subtask, { secrets }]) => [subtask, secrets]))',
    replace: 'secrets: null',
    claims: ['T2.3m'],
  },
];
