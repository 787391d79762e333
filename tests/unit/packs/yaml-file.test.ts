import { parseYaml } from '../../../platform/packs/read/yaml-file';
import { growthOf, MAX_GROWTH, PARTS } from '../processor-time';

const parse = (text: string) => parseYaml(text, 'actions/a.yaml');

/** 25 maps, each of which has what the one before has twice. */
const merging = (inner: (before: number) => string) =>
  Array.from({ length: 25 }, (_, n) => `l${n + 1}: &l${n + 1} { a: ${inner(n)} }`);

test('a map is parsed to JSON with the lines of its keys', () => {
  const file = parse('ref: a.b\nparameters:\n  n: {type: integer}\nlist: [1, {x: 2}]\n');

  expect(file.value).toEqual({ ref: 'a.b', parameters: { n: { type: 'integer' } }, list: [1, { x: 2 }] });
  const lines = [file.lineOf('ref'), file.lineOf('parameters', 'n'), file.lineOf('list', 1, 'x'), file.lineOf('none')];
  expect(lines).toEqual([1, 3, 4, 1]);
});

test('IN-07 a few aliases are accepted, an alias bomb is rejected', () => {
  expect(parse('a: &x [1]\nb: *x\n').value).toEqual({ a: [1], b: [1] });

  const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(9)}*l${n}]`);
  expect(() => parse(['l0: &l0 [x]', ...levels].join('\n'))).toThrow(/YAML parsing error: Excessive alias count/);
});

test.each([
  ['a long text', `a: &a ${'x'.repeat(20_000)}\n`, 20_000],
  ['many keys', `a: &a {${Array.from({ length: 4_000 }, (_, n) => `k${n}: 1`).join(', ')}}\n`, 34_000],
])('IN-07 aliases may repeat %s as often as adds a few times its length', (_what, anchored, length) => {
  const repeated = (times: number) => `${anchored}list: [${Array(times).fill('*a').join(', ')}]\n`;
  const few = Math.floor(65_536 / length) + 2;

  expect(parse(repeated(few)).value.list).toHaveLength(few);
  expect(() => parse(repeated(99))).toThrow(
    /^actions\/a\.yaml:1: YAML parsing error: PACK_LIMIT: aliases expand it beyond \d+ characters$/,
  );
});

test('merge keys are replaced by what they name, and own keys win', () => {
  const text = `
x-common: &common { host: db01, port: 5432 }
x-more: &more
  port: 1
  user: me
input:
  <<: *common
  port: 5433
both: { <<: [*common, *more] }
nested: { <<: *more, inner: { <<: *common } }
`;

  expect(parse(text).value).toMatchObject({
    input: { host: 'db01', port: 5433 },
    both: { host: 'db01', port: 5432, user: 'me' },
    nested: { port: 1, user: 'me', inner: { host: 'db01', port: 5432 } },
  });
  expect(parse(text).lineOf('input', 'port')).toBe(8);
});

test.each([
  ['repeat too much', ['l0: &l0 { k: v }', ...merging((n) => `{ <<: *l${n} }, b: { <<: *l${n} }`)].join('\n')],
  ['contain themselves', 'a: &a\n  b: { <<: *a }\n'],
])('IN-07 merge keys that %s are rejected', (_what, text) => {
  expect(() => parse(text)).toThrow(/YAML parsing error: merge keys repeat too much/);
});

test('IN-03 a key of the prototype is plain data', () => {
  const { value } = parse('__proto__: {polluted: true}\n');

  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each([
  ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 3, 'Map keys must be unique'],
  ['a code tag', 'a: 1\nb: !!js/function "x"\n', 2, 'Unresolved tag: tag:yaml.org,2002:js/function'],
  ['broken syntax', 'a: 1\nb: [1, 2\nc: 3\n', 3, ''],
  ['a list at the top', '- 1\n', 1, 'the file must be a map of keys'],
  ['an empty file', '', 1, 'the file must be a map of keys'],
  ['two documents', 'a: 1\n---\nb: 2\n', 2, ''],
  ['an escaped NUL', 'a: {b: ["x\\0y"]}\n', 1, 'the text at /a/b/0 has a NUL character'],
  ['an escaped NUL in a key', 'a: {"x\\x00y": 1}\n', 1, 'the text at /a/xy has a NUL character'],
  ['half a surrogate pair', 'a: "\\uD800"\n', 1, 'the text at /a has half a surrogate pair'],
  ['a number that JSON does not have', 'a: .nan\n', 1, 'NaN is not a number of JSON'],
  ['excessive nesting', `a: ${'['.repeat(100)}${']'.repeat(100)}\n`, 1, 'nested deeper than 64'],
  ['brackets that overflow the stack', `a: ${'['.repeat(200_000)}\n`, 1, 'nested too deeply'],
  ['dashes that overflow the stack', `a:\n ${'- '.repeat(100_000)}x\n`, 1, 'nested too deeply'],
  ['nested keys that overflow the stack', `${'? '.repeat(100_000)}x\n`, 1, 'nested too deeply'],
  ['an indentation of half the file', `a:\n${' '.repeat(500_000)}b: 1\n`, 1, 'nested too deeply'],
])('%s is rejected with file and line', (_what, text, line, what) => {
  let thrown: unknown;
  try {
    parse(text);
  } catch (error) {
    thrown = error;
  }

  expect(thrown).toMatchObject({
    file: 'actions/a.yaml',
    line,
    message: expect.stringContaining(`actions/a.yaml:${line}: YAML parsing error: ${what}`),
  });
});

test('a map of 50,000 keys is parsed in linear time', () => {
  const lines = Array.from({ length: 50_000 }, (_, n) => `k${n}: v`);
  const [whole, part] = [lines.join('\n'), lines.slice(0, lines.length / PARTS).join('\n')];

  expect(Object.keys(parse(whole).value)).toHaveLength(50_000);
  const growth = growthOf(
    () => parse(whole),
    () => parse(part),
  );
  expect(growth).toBeLessThan(MAX_GROWTH);
});

test('IN-07 a file of 8,000 aliases is parsed in linear time', () => {
  const pairs = Array.from({ length: 8_000 }, (_, n) => `&a${n} ${n}, *a${n}`);
  const [whole, part] = [pairs, pairs.slice(0, pairs.length / PARTS)].map((some) => `list: [${some.join(', ')}]`);

  expect((parse(whole!).value.list as number[]).slice(-4)).toEqual([7_998, 7_998, 7_999, 7_999]);
  const growth = growthOf(
    () => parse(whole!),
    () => parse(part!),
  );
  expect(growth).toBeLessThan(MAX_GROWTH);
});

test('an alias repeats the last anchor of its name before it', () => {
  const text = 'a: &x 1\nb: *x\nc: &x { d: &x 2, e: *x }\nf: *x\n';

  expect(parse(text).value).toEqual({ a: 1, b: 1, c: { d: 2, e: 2 }, f: 2 });
  expect(() => parse('a: *x\nb: &x 1\n')).toThrow(/Unresolved alias/);
});
