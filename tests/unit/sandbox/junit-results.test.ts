import { junitResults } from '../../../tools/sandbox/run/junit-results';

const suite = (...cases: string[]): string => `<testsuite name="s">${cases.join('')}</testsuite>`;

test('the failed cases of a JUnit file are counted and named', () => {
  const text = suite(
    '<testcase name="a"/>',
    '<testcase name="b &lt;i>"><failure message="one&#10;two">stack</failure></testcase>',
    '<testcase name="c"><error/><failure message="late"/></testcase>',
    '<testcase name="d"><skipped/></testcase>',
  );

  expect(junitResults(text)).toEqual({
    cases: { passed: 1, failed: 2, skipped: 1 },
    failed: [
      { name: 'b <i>', message: 'one' },
      { name: 'c', message: 'late' },
    ],
  });
});

test('at most a hundred failed cases are named, each in 500 characters', () => {
  const cases = Array.from({ length: 120 }, () => `<testcase name="${'x'.repeat(600)}"><failure/></testcase>`);
  const results = junitResults(suite(...cases))!;

  expect([results.cases.failed, results.failed.length, results.failed[0]!.name.length]).toEqual([120, 100, 500]);
});

test.each(['<html/>', '<testsuite>', 'text'])('%s is no JUnit', (text) => {
  expect(junitResults(text)).toBeNull();
});
