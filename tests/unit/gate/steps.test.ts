import { commandOf, groupsOf, parseGateSteps, quoted, repeatCommand } from '../../../tools/gate/run/steps';

const STEP = { name: 'a', with: '.ci/with-plain-target', jest: 'tests/e2e/tier1 tests/e2e/tier2', except: ['a|b'] };

test('Jest runs with the script before it, and writes a report', () => {
  expect(commandOf(STEP, 'results/a.json')).toBe(
    ".ci/with-plain-target npx jest tests/e2e/tier1 tests/e2e/tier2 --testPathIgnorePatterns='a|b' --json --outputFile=results/a.json",
  );
  expect(commandOf({ name: 'a', run: 'npm run check' }, 'results/a.json')).toBe('npm run check');
});

test('a test is repeated by its whole name, alone and on the same target', () => {
  expect(repeatCommand(STEP, 'tests/a.test.ts', "T2.8b it's (one)", 'r.json')).toBe(
    ".ci/with-plain-target npx jest -i --runTestsByPath tests/a.test.ts -t '^T2\\.8b it'\\''s \\(one\\)$' --json --outputFile=r.json",
  );
  expect(repeatCommand({ name: 'a', jest: 'b' }, 'tests/a.test.ts', null, 'r.json')).toBe(
    'npx jest -i --runTestsByPath tests/a.test.ts --json --outputFile=r.json',
  );
});

test('a text is one word of bash', () => {
  expect([quoted('a/b.json'), quoted('a b'), quoted("'")]).toEqual(['a/b.json', "'a b'", "''\\'''"]);
});

test('two steps of one name are rejected', () => {
  const step = '{ name: a, run: b }';

  expect(() => parseGateSteps(`{ first: ${step}, steps: [${step}], last: [] }`)).toThrow('there are two of a');
});

test('a step beside others runs with the next one', () => {
  const [a, b, c] = [
    { name: 'a', run: 'a' },
    { name: 'b', run: 'b', beside: true as const },
    { name: 'c', run: 'c' },
  ];

  expect(groupsOf([a, b, c])).toEqual([[a], [b, c]]);
  expect(groupsOf([b, b, c, a])).toEqual([[b, b, c], [a]]);
});

test.each([
  ['first: { name: a, run: b, beside: true }, steps: [], last: []', 'a'],
  ['first: { name: a, run: b }, steps: [{ name: c, run: b, beside: true }], last: []', 'c'],
  ['first: { name: a, run: b }, steps: [], last: [{ name: d, run: b, beside: true }]', 'd'],
])('a step beside none is rejected: %s', (text, name) => {
  expect(() => parseGateSteps(`{ ${text} }`)).toThrow(
    `${name}: beside is for a step that another one of steps follows`,
  );
});
