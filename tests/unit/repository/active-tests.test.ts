import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFiles } from '../test-files';

const ROOT = join(__dirname, '../../..');

/** Ways to run fewer tests than a file has, or to run one until it passes. */
const BYPASSES = [
  /\.only\b/, // the rest of the file does not run
  /^\s*(?:test|it|describe)\.(?:skip|todo|failing)\b/m, // `condition ? test : test.skip` names its condition
  /^\s*(?:xit|xtest|xdescribe|fit|fdescribe)\(/m,
  /\bretryTimes\b/,
];

const bypassesIn = (text: string): RegExp[] => BYPASSES.filter((bypass) => bypass.test(text));

test('SC-03 no test file selects, skips or repeats its tests', () => {
  // The tests of this folder contain such lines as texts.
  const own = testFiles().filter((file) => !file.startsWith('tests/unit/repository/'));
  const found = own.filter((file) => bypassesIn(readFileSync(join(ROOT, file), 'utf8')).length > 0);

  expect(own.length).toBeGreaterThan(0);
  expect(found).toEqual([]);
});

test.each([
  "test.only('one fact', body);",
  "  describe.only('some', body);",
  "test.skip('one fact', body);",
  "it.todo('one fact');",
  'xit(title, body);',
  'jest.retryTimes(2);',
])('SC-03 a way around a test is found: %s', (source) => {
  expect(bypassesIn(`test('another', body);\n${source}\n`)).toHaveLength(1);
});
