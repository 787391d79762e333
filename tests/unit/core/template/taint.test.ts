import type { Json } from '../../../../contract/json';
import { Budget } from '../../../../platform/core/template/budget';
import { referencesTo } from '../../../../platform/core/template/references';
import { renderWithin } from '../../../../platform/core/template/render';
import type { Taint } from '../../../../platform/core/secrets/taint';
import type { Scope } from '../../../../platform/core/template/types';
import { templateErrorText } from './test-scope';

const VALUES: Record<string, Json> = {
  parameters: { token: 'sesame', name: 'ada', list: ['a', 'b'], db: { host: 'h', password: 'p' } },
  keystore: { pin: 4711, pattern: '(open', key: 'token' },
  clean: { a: 1 },
};
const TAINTS: Record<string, Taint> = {
  parameters: { token: true, list: { 1: true }, db: { password: true } },
  keystore: true,
};

const scope: Scope = {
  name: (name) => VALUES[name],
  result: { data: { code: 'x' }, plain: 1 },
  outcome: 'succeeded',
  secrets: { name: (name) => TAINTS[name] ?? null, result: { data: { code: true } } },
};

const taintOf = (template: Json): Taint => renderWithin(template, scope, new Budget()).taint;

test.each([
  ['parameters.token', true],
  ['parameters["token"]', true],
  ['parameters[keystore.key]', true],
  ['parameters.name', null],
  ['parameters', { token: true, list: { 1: true }, db: { password: true } }],
  ['parameters.db', { password: true }],
  ['parameters.list[1]', true],
  ['parameters.list[-1]', true],
  ['parameters.list[0]', null],
  ['keystore.pin', true],
  ['keystore.pin + 1', true],
  ['keystore.pin == 4711', true],
  ['upper(parameters.token)', true],
  ['[clean.a, keystore.pin]', true],
  ['[clean.a, parameters.name]', null],
  ['length(parameters)', true],
  ['keystore.nothing | default("none")', true],
  ['parameters.nothing | default(parameters.token)', true],
  ['not keystore.pin', true],
  ['-keystore.pin', true],
  ['clean.a in [keystore.pin]', true],
  ['result().data.code', true],
  ['result().plain', null],
  ['result()', { data: { code: true } }],
  ['succeeded()', null],
])('%s has the taint %j', (expression, expected) => {
  expect(taintOf(`{{ ${expression} }}`)).toEqual(expected);
});

test('a document is tainted where a template read a secret', () => {
  const document = { a: '{{ clean.a }}', b: { c: 'pin {{ keystore.pin }}' }, d: ['{{ clean.a }}', '{{ parameters }}'] };

  expect(taintOf(document)).toEqual({
    b: { c: true },
    d: { 1: { token: true, list: { 1: true }, db: { password: true } } },
  });
});

test.each([
  'match(keystore.pattern, "x")',
  'parameters.list[keystore.pin]',
  'keystore.pin + "x"',
  'parameters[parameters.token]',
  'parameters.token | fromjson',
  'keystore.ping',
])('the error of %s quotes no secret', (expression) => {
  const fault = templateErrorText(() => taintOf(`{{ ${expression} }}`));

  expect(fault).toMatch(/^TEMPLATE_/);
  expect(fault).not.toMatch(/4711|sesame|\(open|did you mean/i);
});

test('the error of a missing key names it', () => {
  expect(templateErrorText(() => taintOf('{{ keystore.ping }}'))).toContain('Variable not found: keystore.ping');
});

test.each([
  [
    ['{{ keystore.a.b }} {{ 1 + length(keystore["c d"]) }}', { x: ['{{ [keystore.e] }}'] }],
    ['a', 'c d', 'e'],
  ],
  [['keystore.a', '{{ parameters.keystore }}', '{{ parameters.x | default("keystore.y") }}'], []],
  [['{{ keystore.a }} {{ keystore.( }}'], ['a']],
  [['{{ keystore[parameters.name] }}'], 'all'],
  [['{{ keys(keystore) }}'], 'all'],
  [Array.from({ length: 10_000 }, (_, n) => `{{ keystore.a + ${n} }}`), 'all'],
])('the members that expressions read of a name are found', (texts, expected) => {
  const found = referencesTo('keystore', texts, []);

  expect(found === 'all' ? found : Array.from(found)).toEqual(expected);
});

test('the members that a bare condition reads are found', () => {
  const found = referencesTo('keystore', [], ['keystore.a == 1', '{{ keystore.b }}']);

  expect(found).toEqual(new Set(['a', 'b']));
});
