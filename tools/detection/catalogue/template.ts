import type { Faults } from '../fault';

/** Templates of rules and workflows. */
export const TEMPLATE_FAULTS: Faults = {
  S18a: {
    promise: 'a rule parameter that is one placeholder keeps the JSON type of its value',
    file: 'core/rule-parameters/resolve-parameters.ts',
    within: 'ParameterResolver.text',
    find: 'return this.resolve(whole) ?? null;',
    replace: 'return textOrEmpty(this.resolve(whole));',
    claims: ['T1.4a', 'T1.4c', 'T2.4b', 'T3.8c'],
  },
  S18c: {
    promise: 'placeholders inside text are resolved',
    file: 'core/rule-parameters/resolve-parameters.ts',
    within: 'ParameterResolver.text',
    find: "return parts.join('');",
    replace: 'return template;',
    claims: ['T2.4a', 'T2.4b', 'T2.4e'],
  },
  F410: {
    promise: 'the filter default keeps false and 0',
    file: 'core/template/filters.ts',
    within: 'FILTERS',
    find: 'args.any(0) === null ? args.any(1) : args.any(0)',
    replace: 'args.any(0) || args.any(1)',
    claims: ['T2.4h'],
  },
  F417: {
    promise: 'a JSON object on standard output is part of the result view',
    file: 'core/workflow/result-view.ts',
    within: 'outputKeys',
    find: `(data ?? null) === null && typeof stdout === 'string' ? parseObject(stdout) : {}`,
    replace: '{}',
    claims: ['T2.11e'],
  },
  F429: {
    promise: 'null inside the text of a workflow is empty',
    file: 'core/template/values.ts',
    within: 'interpolate',
    find: `value === null ? '' : printText(value, budget)`,
    replace: 'printText(value, budget)',
    claims: ['T2.4h'],
  },
  F430: {
    promise: 'an own key of a result takes precedence over one of `data`',
    file: 'core/workflow/result-view.ts',
    within: 'resultView',
    find: '{ ...outputKeys(result), ...result }',
    replace: '{ ...result, ...outputKeys(result) }',
    claims: ['T2.4d'],
  },
  F495: {
    promise: 'a value is greater than or equal to itself',
    file: 'core/template/operators.ts',
    within: 'applyOperator',
    find: `compare('>=', left, right, budget) >= 0`,
    replace: `compare('>=', left, right, budget) > 0`,
    claims: ['T2.4h'],
  },
  F738: {
    promise: 'template text inside data stays text when a transition publishes it',
    file: 'core/workflow/variables.ts',
    within: 'renderStorable',
    find: 'renderWithin(template, scope, budget)',
    replace: 'renderWithin(renderWithin(template, scope, budget).value, scope, budget)',
    claims: ['T2.4f'],
  },
};
