import type { Fault } from '../fault';

/** Parameters of a request for an execution, and the requests that an execution sends. */
export const REQUEST_FAULTS: readonly Fault[] = [
  {
    id: 'F1528',
    promise: 'a request that asks for validation is validated',
    file: 'api/executions/execute.ts',
    within: 'executeRoute',
    find: 'if (validate === true) requireValidParameters(action, requested);',
    replace: '',
    claims: ['T3.13a', 'T3.13b'],
  },
  {
    id: 'F1529',
    promise: 'the parameters of a request are not converted',
    file: 'core/workflow/compile/inputs.ts',
    within: 'compileSchema',
    find: 'compileValidator(isJsonSchema(schema) ? schema : flatToJsonSchema(schema), {})',
    replace: 'compileValidator(isJsonSchema(schema) ? schema : flatToJsonSchema(schema), { coerceTypes: true })',
    claims: ['T3.13b'],
  },
  {
    id: 'F1530',
    promise: 'the parameters of a rule are not converted',
    file: 'core/rule-parameters/validate-parameters.ts',
    within: 'parameterErrors',
    find: '{ verbose: true, validateFormats: false }',
    replace: '{ verbose: true, validateFormats: false, coerceTypes: true }',
    claims: ['T3.13b'],
  },
  {
    id: 'F1531',
    promise: 'a parameter named like an option of the request is no option',
    file: 'store/executions/executions.ts',
    within: 'requestExecution',
    find: 'timeout_seconds: input.timeout_seconds ?? null',
    replace:
      'timeout_seconds: input.timeout_seconds ?? (input.parameters?.timeout_seconds as number | undefined) ?? null',
    claims: ['T3.13c'],
  },
  {
    id: 'F1532',
    promise: 'a default leaves an empty value, zero and false as they are',
    file: 'core/schema/flat-schema.ts',
    within: 'withDefaults',
    find: '!Object.hasOwn(given, name) || given[name] === null',
    replace: '!given[name]',
    claims: ['T3.13d'],
  },
];
