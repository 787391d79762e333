import type { Faults } from '../fault';

/** A value in another spelling, unit or place than the usual one. */
export const BESIDE_PLACE_FAULTS: Faults = {
  F3429: {
    promise: 'a comparison with a literal on its left is shown from right to left',
    file: 'core/criteria/failed-part.ts',
    within: 'EXCHANGED',
    find: "'<=': '>='",
    replace: "'<=': '<='",
    claims: ['T3.37i'],
  },
  F3430: {
    promise: 'an instant may have an offset before UTC',
    file: 'core/inquiry/dates.ts',
    within: 'TIME',
    find: '/^T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-5]):[0-5]\\d)$/',
    replace: '/^T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+](?:0\\d|1[0-5]):[0-5]\\d)$/',
    claims: ['T2.6f', 'T2.7k'],
  },
  F3431: {
    promise: 'a runtime that an action requires beside its own has its version',
    file: 'executor/dispatch/placement.ts',
    within: 'requirementsOf',
    find: 'runtimeRequirement(name, constraint)',
    replace: 'runtimeRequirement(name, null)',
    claims: ['T3.39a'],
  },
  F3432: {
    promise: 'the duration of a task is announced in ms',
    file: 'store/functions/executions/workflow_task_json.sql',
    find: "- date_trunc('milliseconds', e.started_at)) * 1000)::bigint",
    replace: "- date_trunc('milliseconds', e.started_at)))::bigint",
    claims: ['T3.14c'],
  },
  F3433: {
    promise: 'a request gives no variable of the parameter `context`',
    file: 'worker/process/process-environment.ts',
    within: 'isRequestable',
    find: 'VARIABLE_NAME.test(name) && !PLATFORM_NAMES.has(name) && !name.startsWith(CONTEXT_PREFIX)',
    replace: 'VARIABLE_NAME.test(name) && !PLATFORM_NAMES.has(name)',
    claims: ['T2.20c'],
  },
  F3434: {
    promise: 'a key of an output that no database stores is replaced',
    file: 'outcomes/parse-output.ts',
    within: 'storableValue',
    find: '[replaceUnstorable(name), storableValue(member, depth + 1)]',
    replace: '[name, storableValue(member, depth + 1)]',
    claims: ['T3.21d'],
  },
  F3435: {
    promise: 'a change of the permission sets of a rule is in its history',
    file: 'store/functions/history/rule_history_values.sql',
    find: "'permission_set_refs', r.permission_set_refs,",
    replace: '',
    claims: ['T3.45a'],
  },
  F3436: {
    promise: 'a change of a rule has its values before and after',
    file: 'store/functions/history/record_rule_history.sql',
    find: 'before, after, forced)',
    replace: 'after, before, forced)',
    claims: ['T3.45a'],
  },
};
