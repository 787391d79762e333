import type { Json } from '../../../contract/json';
import { expressionErrors } from '../../../platform/core/rule-parameters/check-expressions';

const errorsOf = (template: Json) => expressionErrors(template, 'action_params');

test.each([
  ['{{ event.payload.a.0.b }} {{ event.id }} {{ event.created }} {{ event.trigger }}'],
  ['{{ trigger.payload.a }} {{ pack.config }} {{ pack.config.x-y }} {{ system.rule.ref }} {{ keystore.a.b }}'],
  ["{{ event.payload.a | default('x') | upper }} {{ event.payload['x-y'][0] + 1 }} {{ [1, true] }} {{ 5 }}"],
  ["docker --format '{% raw %}{{.Names}}{% endraw %}'"],
  ['{{ unclosed'],
])('%s has no error', (text) => {
  expect(errorsOf({ a: [text] })).toEqual([]);
});

test.each([
  ['{{ trigger.name }}', 'column 4: `trigger` has no name: it has payload; write `event.payload.name`'],
  ['{{ payload.x }}', "column 4: unknown name 'payload': a rule reads event, pack.config, keystore and system"],
  ['{{ parameters.x | default(1) }}', "column 4: unknown name 'parameters'"],
  ['{{ event.level }}', 'column 4: `event` has no level: it has id, trigger, trigger_ref, payload, created'],
  ['ok {{ event.payload.a | uper }}', "column 25: syntax error: Unknown filter: uper. Did you mean 'upper'?"],
  ['{{ completed() }}', 'column 4: syntax error: Unknown function: completed. Use `succeeded()`'],
  ['{{ result().x }}', 'column 4: result() is for workflows only'],
  ["docker --format '{{.Names}}'", 'for the text itself write {% raw %}…{% endraw %} around it'],
  ['{{ event.payload.a ? 1 : 2 }}', 'there is no `? :`'],
  ['{{ }}', 'an expression is missing'],
])('%s is an error with its place and what to write', (text, message) => {
  const [error, ...others] = errorsOf({ list: [{ x: text }] });

  expect(error?.path).toBe('action_params/list/0/x');
  expect(error?.message).toContain(message);
  expect(others).toEqual([]);
});
