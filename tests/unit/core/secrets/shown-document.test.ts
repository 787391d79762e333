import { REDACTED, type JsonObject } from '../../../../contract/json';
import { definitionTaint } from '../../../../platform/core/workflow/definition-taint';
import { disclosedSecrets, restoreSecrets, shownDocument } from '../../../../platform/core/secrets/shown-document';

const SECRET = { type: 'string', secret: true };
const PINS = { type: 'array', items: { properties: { pin: SECRET } } };
const parameters = new Map<string, JsonObject>([
  ['p.login', { user: {}, password: SECRET, pins: PINS }],
  ['p.open', { password: { type: 'string' } }],
]);
const taintOf = (definition: JsonObject, output: JsonObject | null = null) =>
  definitionTaint(definition, { parameters, output });

const STORED = {
  parameters: { token: { ...SECRET, default: 'a' } },
  output_map: { code: 'b', name: 'n' },
  tasks: [
    { name: 'one', action: 'p.login', input: { user: 'u', password: 'c', pins: [{ pin: 'd' }, { pin: '{{ x }}' }] } },
    { name: 'all', type: 'parallel', tasks: [{ name: 'sub', action: 'p.login', input: { password: 'e' } }] },
    { name: 'key', action: 'p.login', input: { password: { $connection: 'k' } } },
    { name: 'two', action: 'p.open', input: { password: 'f' } },
  ],
};
const OUTPUT = { code: SECRET };
const SHOWN = {
  parameters: { token: { ...SECRET, default: REDACTED } },
  output_map: { code: REDACTED, name: 'n' },
  tasks: [
    {
      name: 'one',
      action: 'p.login',
      input: { user: 'u', password: REDACTED, pins: [{ pin: REDACTED }, { pin: '{{ x }}' }] },
    },
    { name: 'all', type: 'parallel', tasks: [{ name: 'sub', action: 'p.login', input: { password: REDACTED } }] },
    { name: 'key', action: 'p.login', input: { password: { $connection: 'k' } } },
    { name: 'two', action: 'p.open', input: { password: 'f' } },
  ],
};

test('a definition is shown without the secrets that its tasks get', () => {
  expect(shownDocument(STORED, taintOf(STORED, OUTPUT))).toEqual(SHOWN);
});

test('a definition that comes back as it was shown is the stored one', () => {
  expect(restoreSecrets(SHOWN, STORED).document).toEqual(STORED);
});

const task = (name: string, password: JsonObject | string) => ({ name, action: 'p.login', input: { password } });
const PAIR = { tasks: [task('a', '1'), task('b', '2')] };

test.each([
  ['moved', [task('b', REDACTED), task('a', REDACTED)], [task('b', '2'), task('a', '1')]],
  ['renamed', [task('a', REDACTED), task('c', REDACTED)], [task('a', '1'), task('c', '2')]],
  ['removed', [task('b', REDACTED)], [task('b', '2')]],
  ['added in front', [task('n', REDACTED), task('a', REDACTED)], [task('n', REDACTED), task('a', '1')]],
])('a task that is %s keeps its own secret', (_, tasks, expected) => {
  expect(restoreSecrets({ tasks }, PAIR).document).toEqual({ tasks: expected });
});

test.each([
  ['the same action', { tasks: [task('a', REDACTED)] }, []],
  [
    'an action that does not declare it',
    { tasks: [{ ...task('a', REDACTED), action: 'p.open' }] },
    ['/tasks/0/input/password'],
  ],
  ['an unknown action', { tasks: [{ ...task('a', REDACTED), action: 'p.x' }] }, ['/tasks/0/input/password']],
  [
    'a marker for the whole input',
    { tasks: [{ ...task('a', '1'), action: 'p.open', input: REDACTED }] },
    ['/tasks/0/input/password'],
  ],
  ['a value that is given again', { tasks: [{ ...task('a', '9'), action: 'p.open' }] }, []],
])('what a change discloses with %s', (_, given, disclosed) => {
  const { document, kept } = restoreSecrets(given, PAIR);

  expect(disclosedSecrets({ stored: PAIR, storedTaint: taintOf(PAIR), kept, newTaint: taintOf(document) })).toEqual(
    disclosed,
  );
});
