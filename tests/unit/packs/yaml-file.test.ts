import { parseYaml } from '../../../platform/packs/yaml-file';

const parse = (text: string) => parseYaml(text, 'actions/a.yaml');

test('a map is read as JSON, and its keys know their lines', () => {
  const file = parse('ref: a.b\nparameters:\n  n: {type: integer}\nlist: [1, {x: 2}]\n');

  expect(file.value).toEqual({ ref: 'a.b', parameters: { n: { type: 'integer' } }, list: [1, { x: 2 }] });
  const lines = [file.lineOf('ref'), file.lineOf('parameters', 'n'), file.lineOf('list', 1, 'x'), file.lineOf('none')];
  expect(lines).toEqual([1, 3, 4, 1]);
});

test('a few aliases are people, many are a bomb', () => {
  expect(parse('a: &x [1]\nb: *x\n').value).toEqual({ a: [1], b: [1] });

  const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(9)}*l${n}]`);
  expect(() => parse(['l0: &l0 [x]', ...levels].join('\n'))).toThrow(/YAML parsing error: Excessive alias count/);
});

test('a key that would reach a prototype is plain data', () => {
  const { value } = parse('__proto__: {polluted: true}\n');

  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each([
  ['a key twice', 'a: 1\nb: 2\na: 3\n', 3, 'Map keys must be unique'],
  ['a code tag', 'a: 1\nb: !!js/function "x"\n', 2, 'Unresolved tag: tag:yaml.org,2002:js/function'],
  ['broken syntax', 'a: 1\nb: [1, 2\nc: 3\n', 3, ''],
  ['a list at the top', '- 1\n', 1, 'the file must be a map of keys'],
  ['an empty file', '', 1, 'the file must be a map of keys'],
  ['two documents', 'a: 1\n---\nb: 2\n', 2, ''],
  ['a number that JSON has not', 'a: .nan\n', 1, 'NaN is not a number of JSON'],
  ['a depth that nobody reads', `a: ${'['.repeat(100)}${']'.repeat(100)}\n`, 1, 'nested deeper than 64'],
  ['brackets that would end the stack', `a: ${'['.repeat(200_000)}\n`, 1, 'nested too deeply'],
  ['dashes that would end the stack', `a:\n ${'- '.repeat(100_000)}x\n`, 1, 'nested too deeply'],
  ['question marks that would end the process', `${'? '.repeat(100_000)}x\n`, 1, 'nested too deeply'],
  ['an indentation of half the file', `a:\n${' '.repeat(500_000)}b: 1\n`, 1, 'nested too deeply'],
])('%s is refused with file and line', (_what, text, line, what) => {
  let refusal: unknown;
  try {
    parse(text);
  } catch (error) {
    refusal = error;
  }

  expect(refusal).toMatchObject({
    file: 'actions/a.yaml',
    line,
    message: expect.stringContaining(`actions/a.yaml:${line}: YAML parsing error: ${what}`),
  });
});

test('a map of 50,000 keys is read in time that grows with it', () => {
  const text = Array.from({ length: 50_000 }, (_, n) => `k${n}: v`).join('\n');

  expect(Object.keys(parse(text).value)).toHaveLength(50_000);
}, 5_000);
