import type { Json, JsonObject } from '../../../contract/json';
import { ParametersTooLarge, resolveParameters } from '../../../platform/core/rule-parameters/resolve-parameters';

const PAYLOAD: JsonObject = {
  n: 12345,
  no: false,
  list: ['a', { id: 'b' }],
  o: { k: 1 },
  deep: { a: { b: { c: 'deep' } } },
  none: null,
  evil: '{{ pack.config.token }}',
};
const SOURCES: JsonObject = { event: { id: 4, payload: PAYLOAD }, pack: { config: { token: 't', region: 'eu' } } };

const resolveOne = (text: Json) => resolveParameters({ x: text }, SOURCES).x;

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
  ['{{ event.payload.n + 1 }}', null],
  ['{{ }}', null],
  ['a {{ event.payload.gone }} b', 'a  b'],
  [' {{ event.payload.n }}', ' 12345'],
  ['{{ event.payload.n }}-{{ event.payload.o }}-{{ event.payload.none }}', '12345-{"k":1}-'],
  ['{{ event.payload.n', '{{ event.payload.n'],
])('%s gives %j', (text, value) => {
  expect(resolveOne(text)).toBe(value);
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
  expect(resolveParameters(parameters as Json, SOURCES)).toEqual({});
});

test('parameters above the limit are rejected', () => {
  const sources = { event: { payload: 'x'.repeat(1_000_000) } };
  const parameters = { x: Array.from({ length: 10 }, () => '{{ event.payload }}') };
  expect(() => resolveParameters(parameters, sources)).toThrow(ParametersTooLarge);
});
