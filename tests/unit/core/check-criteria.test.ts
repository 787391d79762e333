import type { Json } from '../../../contract/json';
import { criteriaErrors } from '../../../platform/core/criteria/check-criteria';

const errorsOf = (conditions: Json) => criteriaErrors(conditions).map(({ path, message }) => `${path}: ${message}`);

test.each([
  [null],
  [{}],
  [[]],
  [{ expression: 'event.payload.n > 3 and event.trigger_ref == "demo.hook"' }],
  [{ expression: '{{ event.payload.name | lower | default("") }}' }],
  [{ expression: 'true' }],
  [[{ field: 'a', operator: 'contains', value: null }]],
])('%j has no error', (conditions) => {
  expect(errorsOf(conditions)).toEqual([]);
});

test.each([
  ['event.payload.n >', 'column 18: syntax error: the expression ends too early: a value is missing'],
  ['{{ event.payload.n && true }}', 'column 20: syntax error: `&&` does not exist: use `and`'],
  ['payload.n > 1', "column 1: unknown name 'payload': criteria read `event`, so write `event.payload`"],
  ['true and event.level == 1', 'column 10: `event` has no level: it has id, trigger, trigger_ref, payload, created'],
  ['event.payload.s | uper == "X"', "column 19: syntax error: Unknown filter: uper. Did you mean 'upper'?"],
  ['lenght(event.payload.s) > 1', "column 1: syntax error: Unknown function: lenght. Did you mean 'length'?"],
  ['completed()', 'column 1: syntax error: Unknown function: completed. Use `succeeded()`'],
  ['failed()', 'failed() is for workflows only: a rule reads the event'],
  ['(n | default(1)) > 0', "column 2: unknown name 'n': criteria read `event`, so write `event.payload.n`"],
])('%s is an error with its place', (expression, message) => {
  expect(errorsOf({ expression })).toEqual([expect.stringContaining(`conditions/expression: ${message}`) as string]);
});

test.each([
  [{ level: 'high' }, 'conditions: must be {"expression": "…"} or a list of {field, operator, value}'],
  ['event.payload.n', 'conditions: must be {"expression": "…"} or a list of {field, operator, value}'],
  [{ expression: 7 }, 'conditions: must be {"expression": "…"} or a list of {field, operator, value}'],
  [['n'], 'conditions/0: must be {field, operator, value}'],
  [[{ field: 'a', operator: 'equals' }], 'conditions/0: must be {field, operator, value}'],
  [
    [{ field: 'a', operator: 'equal', value: 1 }],
    "conditions/0/operator: must be one of equals, not_equals, contains. Did you mean 'equals'?",
  ],
  [
    [{ field: 'a', operator: 'regex', value: 1 }],
    'conditions/0/operator: must be one of equals, not_equals, contains; for others write',
  ],
])('%j is an error with its path', (conditions, message) => {
  expect(errorsOf(conditions as Json)).toEqual([expect.stringContaining(message) as string]);
});
