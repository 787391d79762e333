import type { Json, JsonObject } from '../../../contract/json';
import {
  ParameterFault,
  ParametersTooLarge,
  resolveParameters,
} from '../../../platform/core/rule-parameters/resolve-parameters';

const PAYLOAD: JsonObject = {
  n: 12345,
  no: false,
  list: ['a', { id: 'b' }],
  o: { k: 1 },
  deep: { a: { b: { c: 'deep' } } },
  none: null,
  evil: '{{ pack.config.token }}',
  'x-y': 'hyphen',
  name: 'Ada',
};
const SOURCES: JsonObject = { event: { id: 4, payload: PAYLOAD }, pack: { config: { token: 't', region: 'eu' } } };

const resolve = (parameters: Json, values: JsonObject = SOURCES): JsonObject =>
  resolveParameters(parameters, { values, secrets: null }).parameters;
const resolveOne = (text: Json) => resolve({ x: text }).x;

test.each([
  ['{{ event.payload.n }}', 12345],
  ['{{event.payload.no}}', false],
  ['{{ event.payload.list }}', ['a', { id: 'b' }]],
  ['{{ event.payload.list.1.id }}', 'b'],
  ['{{ event.payload.o }}', { k: 1 }],
  ['{{ event.payload.deep.a.b.c }}', 'deep'],
  ['{{ event.id }}', 4],
  ['{{ pack.config.region }}', 'eu'],
  ['{{ pack.config }}', { token: 't', region: 'eu' }],
])('%s keeps its type', (text, value) => {
  expect(resolveOne(text)).toEqual(value);
});

test.each([
  ['{{ event.payload.gone }}', null],
  ['{{ event.payload.list.9 }}', null],
  ['{{ event.payload.list.length }}', null],
  ['{{ event.payload.constructor }}', null],
  ['{{ event.payload.deep.__proto__ }}', null],
  ['{{ parameters.x }}', null],
  ['a {{ event.payload.gone }} b', 'a  b'],
  [' {{ event.payload.n }}', ' 12345'],
  ['{{ event.payload.n }}-{{ event.payload.o }}-{{ event.payload.none }}', '12345-{"k":1}-'],
  ['{{ event.payload.n', '{{ event.payload.n'],
])('%s gives %j', (text, value) => {
  expect(resolveOne(text)).toBe(value);
});

test.each([
  ["{{ event.payload.gone | default('none') }}", 'none'],
  ['{{ event.payload.name | upper }}', 'ADA'],
  ['{{ event.payload.list[1].id }}', 'b'],
  ['{{ event.payload.list[-1].id }}', 'b'],
  ["{{ event.payload['x-y'] }}", 'hyphen'],
  ['{{ event.payload.x-y }}', 'hyphen'],
  ['{{ event.payload.n + 1 }}', 12346],
  ['{{ length(event.payload.list) > 1 and not event.payload.no }}', true],
  ['{{ [event.id, "a"] }}', [4, 'a']],
  ['{{ event.payload.list[9] }}', null],
  ['{{ event.payload.list[9].id }}', null],
  ["{{ event.payload['gone'].deeper }}", null],
  ['{{ true }}', true],
  ['no. {{ event.payload.n + 1 }}: {{ event.payload.list[0] | upper }}', 'no. 12346: A'],
  ["docker --format '{% raw %}{{.Names}}{% endraw %}' {{ event.id }}", "docker --format '{{.Names}}' 4"],
  ['{{ "{{" }}.Names}}', '{{.Names}}'],
  ['{% raw %}{{ event.id }}', '{% raw %}4'],
])('%s is evaluated as in a workflow', (text, value) => {
  expect(resolveOne(text)).toEqual(value);
});

test.each([
  ['{{ event.payload.gone | upper }}', 'Variable not found: event.payload.gone'],
  ['{{ event.payload.name + 1 }}', 'column 20'],
  ['{{ event.payload.n ++ }}', 'column 18'],
  ['{{ }}', 'an expression is missing'],
])('%s is a fault, and never null without a report', (text, message) => {
  expect(() => resolveOne(text)).toThrow(ParameterFault);
  expect(() => resolveOne(text)).toThrow(message);
});

test('an expression that reads a secret is secret, and so is its fault', () => {
  const sources = { values: SOURCES, secrets: { pack: { config: { token: true } } } } as const;
  const secretsOf = (x: string) => resolveParameters({ x }, sources).secrets;

  expect(secretsOf('{{ pack.config.token | upper }}')).toEqual({ x: true });
  expect(secretsOf("{{ pack['config'].token }}")).toEqual({ x: true });
  expect(secretsOf('{{ [event.id, pack.config.token] }}')).toEqual({ x: true });
  expect(secretsOf('{{ pack.config.region | upper }}')).toBeNull();
  expect(() => resolveParameters({ x: '{{ pack.config.token | int }}' }, sources)).toThrow(/^(?!.*"t")/);
});

test('TP-04 placeholders inside data stay text', () => {
  expect(resolveOne('{{ event.payload.evil }}')).toBe('{{ pack.config.token }}');
  expect(resolveOne('<{{ event.payload.evil }}>')).toBe('<{{ pack.config.token }}>');
});

test('maps and lists are resolved recursively, keys are not', () => {
  expect(resolveOne({ '{{ event.id }}': [{ y: '{{ event.id }}' }, true, null] })).toEqual({
    '{{ event.id }}': [{ y: 4 }, true, null],
  });
});

test.each([[null], [[]], ['{{ event.payload }}'], [3]])('the action_params %j give no parameters', (parameters) => {
  expect(resolve(parameters as Json)).toEqual({});
});

test('parameters above the limit are rejected', () => {
  const sources = { event: { payload: 'x'.repeat(1_000_000) } };
  const parameters = { x: Array.from({ length: 10 }, () => '{{ event.payload }}') };
  expect(() => resolve(parameters, sources)).toThrow(ParametersTooLarge);
});
