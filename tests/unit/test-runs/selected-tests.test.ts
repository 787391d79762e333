import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gateTests, selectionOf } from '../../../cli/test/selected-tests';
import { testDirectory } from '../../test-directory';

const failed = (file: string, test: string | null) => ({ file, test, message: 'expected 1' });

test('failed tests are selected by their file and their full name', () => {
  const { files, titles } = selectionOf([failed('a.test.ts', 'T1.1a (one)'), failed('a.test.ts', 'two')]);

  expect(files).toEqual(['a.test.ts']);
  expect(['T1.1a (one)', 'two', 'T1.1a one', 'two more'].filter((name) => new RegExp(titles!).test(name))).toEqual([
    'T1.1a (one)',
    'two',
  ]);
});

test('all tests run where a file failed outside its tests', () => {
  expect(selectionOf([failed('a.test.ts', 'one'), failed('b.test.ts', null)])).toEqual({
    files: ['a.test.ts', 'b.test.ts'],
  });
});

test('nothing is selected where nothing failed', () => {
  expect(selectionOf([])).toEqual({ files: [] });
});

const GATE = `
first: { name: first, jest: tests/e2e/tier2 }
steps:
  - { name: others, jest: tests/unit tests/integration, except: [tests/integration/(slow|load)] }
  - { name: elsewhere, jest: tests/e2e/tier1, with: .ci/with-plain-target }
last: []
`;

test('the tests of the gate are those of its steps on its own platform', () => {
  const root = testDirectory();
  const paths = ['unit/a', 'integration/slow', 'integration/fast', 'e2e/tier1/t1-01', 'e2e/tier2/t2-01'];
  const files = { '.ci/gate.yml': GATE, ...Object.fromEntries(paths.map((path) => [`tests/${path}.test.ts`, ''])) };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const lines: string[] = [];

  const selected = gateTests(root, (line) => lines.push(line));

  const expected = ['tests/e2e/tier2/t2-01.test.ts', 'tests/integration/fast.test.ts', 'tests/unit/a.test.ts'];
  expect([...selected.files!].sort()).toEqual(expected);
  expect(lines).toEqual(['test files of the gate: 3 of 5; npm run proof runs the others']);
});

test('without the file of the gate there are no tests of the gate', () => {
  expect(() => gateTests('/nonexistent', () => undefined)).toThrow('STEPS_INVALID: there is no file .ci/gate.yml');
});
