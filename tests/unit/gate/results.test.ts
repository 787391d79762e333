import { missingTests, withRepeated, type TestAttempt } from '../../../tools/gate/results';
import { policyWith } from './example-policy';

const of = (key: string, outcome: TestAttempt['outcome']): TestAttempt => ({ id: key[0]!, key, outcome, file: 'f' });

const outcomes = (attempts: readonly TestAttempt[]) => attempts.map(({ key, outcome }) => `${key} ${outcome}`);

test.each<[string, TestAttempt[], TestAttempt[], string[]]>([
  ['a repetition that passes', [of('a', 'failed')], [of('a', 'passed')], ['a flaky']],
  ['a repetition that fails', [of('a', 'failed')], [of('a', 'failed')], ['a failed']],
  ['a third attempt after a flaky one', [of('a', 'flaky')], [of('a', 'passed')], ['a flaky']],
  ['a test of another file', [of('a', 'failed')], [of('b', 'passed')], ['a failed', 'b passed']],
  ['two tests with one id', [of('a1', 'failed'), of('a2', 'failed')], [of('a1', 'passed')], ['a2 failed', 'a1 flaky']],
  [
    'a file that could not be run',
    [of('f', 'failed')],
    [of('a', 'passed'), of('b', 'failed')],
    ['a flaky', 'b failed'],
  ],
])('%s', (_, earlier, later, expected) => {
  expect(outcomes(withRepeated(earlier, later))).toEqual(expected);
});

test('what the inventory has, and the results do not name, is missing', () => {
  const check = policyWith('tier1').checks[0]!;
  const missingOf = (...named: string[]) =>
    missingTests(check, ['T1.4a', 'T1.4b', 'T2.1a'], new Set(named)).map(({ id, outcome }) => `${id} ${outcome}`);

  expect(missingOf('T1.4a')).toEqual(['T1.4b missing']);
  expect(missingOf('T1.4a', 'T1.4b')).toEqual([]);
  expect(missingOf('T2.1a')).toEqual([]); // the check did not run
});
