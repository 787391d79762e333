import {
  commonConnections,
  connectionRef,
  connectionsIn,
  findReferences,
  NO_KEY,
  withConnections,
} from '../../../../platform/core/secrets/connections';
import { resolveConnections } from '../../../../platform/core/secrets/resolve-connections';
import { memberTaint, mergeTaints, type Taint } from '../../../../platform/core/secrets/taint';
import { Budget } from '../../../../platform/core/template/budget';
import { renderWithin } from '../../../../platform/core/template/render';
import type { Scope } from '../../../../platform/core/template/types';
import type { Json } from '../../../../contract/json';

const reference = (ref: string) => ({ $connection: ref });

/** Of a workflow whose parameters hold a reference to key 7, and an equal object that is data. */
const scope: Scope = {
  name: (name) => (name === 'parameters' ? { db: reference('k'), data: reference('k') } : undefined),
  result: null,
  outcome: null,
  secrets: { name: (): Taint => ({ db: 7 }), result: null },
  connection: (ref) => (ref === 'known' ? 5 : NO_KEY),
};

const connectionsOf = (template: Json) => connectionsIn(renderWithin(template, scope, new Budget()).taint);

test.each<[string, Json, object]>([
  ['written in the template', { a: [reference('known')] }, { '/a/0': 5 }],
  ['to an unknown key', reference('other'), { '': NO_KEY }],
  ['with a computed ref', reference('{{ parameters.data["$connection"] }}'), { '': NO_KEY }],
  ['passed on by a path', { a: '{{ parameters.db }}' }, { '/a': 7 }],
  ['in data', { a: '{{ parameters.data }}', b: '{{ parameters.db["$connection"] }}' }, {}],
  ['after an operation', ['{{ parameters.db | default(1) }}', '{{ [parameters.db] }}', 'x{{ parameters.db }}'], {}],
])('a reference %s', (_, template, expected) => {
  expect(connectionsOf(template)).toEqual(expected);
});

test('an operation on a reference gives no secret', () => {
  expect(renderWithin('{{ parameters.db | tojson }}', scope, new Budget())).toEqual({
    value: '{"$connection":"k"}',
    taint: null,
  });
});

test('an object with another member is no reference', () => {
  expect([reference('k'), { ...reference('k'), x: 1 }, { $connection: 1 }, ['k'], null].map(connectionRef)).toEqual([
    ...['k', null, null, null, null],
  ]);
  expect(findReferences({ 'a/b': [1, reference('k')], c: { ...reference('k'), x: reference('l') } })).toEqual({
    '/a~1b/1': 'k',
    '/c/x': 'l',
  });
});

test('members of a reference have no taint, and no other value takes it over', () => {
  expect(memberTaint(7, '$connection')).toBeNull();
  expect([mergeTaints(7, { a: true }), mergeTaints({ a: true }, 7)]).toEqual([{ a: true }, { a: true }]);
  expect(withConnections({ a: true, b: true }, { '/a': 7, '/b/c': 8 })).toEqual({ a: 7, b: true });
});

test('references are replaced where they are, and the missing ones named', () => {
  const parameters = { a: reference('k'), b: [reference('gone')], c: reference('data'), d: 1 };

  const resolved = resolveConnections(parameters, { '/a': 7, '/b/0': NO_KEY, '/d': 7, '/e': 7 }, (id) =>
    id === 7 ? { user: 'u' } : undefined,
  );

  expect(resolved).toEqual({
    parameters: { ...parameters, a: { user: 'u' } },
    values: [{ user: 'u' }],
    missing: ['gone'],
  });
});

test('references that are taken over read the keys that both writers may read', () => {
  const written = { '/same': 7, '/other': 7, '/none': NO_KEY, '/gone': 7 };
  const readable = { '/same': 7, '/other': 8, '/none': 7, '/data': 7 };
  expect(commonConnections(written, readable)).toEqual({ '/same': 7, '/other': NO_KEY, '/none': NO_KEY });
});
