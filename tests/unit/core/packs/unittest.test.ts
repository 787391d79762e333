import { parseUnittest } from '../../../../platform/core/packs/parse-unittest';

const REPORT = `test_add (test_sums.Sums) ... ok
test_divide (test_sums.Sums.test_divide)
Divides one number by another. ... FAIL
test_error (test_sums.Sums.test_error) ... ERROR
test_later (test_sums.Sums.test_later) ... skipped 'not yet'
test_noisy (test_sums.Sums.test_noisy) ... output of the test
ok
test_known (test_sums.Sums.test_known) ... expected failure

======================================================================
ERROR: test_error (test_sums.Sums.test_error)
----------------------------------------------------------------------
Traceback (most recent call last):
RuntimeError: broken

======================================================================
FAIL: test_divide (test_sums.Sums.test_divide)
Divides one number by another.
----------------------------------------------------------------------
Traceback (most recent call last):
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 6 tests in 0.002s

FAILED (failures=1, errors=1, skipped=1, expected failures=1)
`;

test('the cases and counts of a verbose report are read', () => {
  const parsed = parseUnittest({ stdout: '', stderr: REPORT });

  expect(parsed?.counts).toEqual({ passed: 3, failed: 2, skipped: 1 });
  expect(parsed?.cases.map(({ name, status, errorMessage }) => [name, status, errorMessage])).toEqual([
    ['test_sums.Sums.test_add', 'passed', null],
    ['test_sums.Sums.test_divide', 'failed', 'Traceback (most recent call last):\nAssertionError: 1 != 2'],
    ['test_sums.Sums.test_error', 'error', 'Traceback (most recent call last):\nRuntimeError: broken'],
    ['test_sums.Sums.test_later', 'skipped', null],
    ['test_sums.Sums.test_noisy', 'passed', null],
    ['test_sums.Sums.test_known', 'passed', null],
  ]);
});

test.each([
  ['unexpected successes', 'Ran 2 tests in 0.1s\n\nFAILED (unexpected successes=1)\n', 1, 1],
  ['a class that could not be prepared', 'Ran 0 tests in 0.1s\n\nFAILED (errors=1)\n', 0, 1],
  ['success', 'Ran 2 tests in 0.1s\n\nOK\n', 2, 0],
  ['no tests', 'Ran 0 tests in 0.0s\n\nNO TESTS RAN\n', 0, 0],
])('the counts of %s are read', (_what, stderr, passed, failed) => {
  expect(parseUnittest({ stdout: '', stderr })?.counts).toEqual({ passed, failed, skipped: 0 });
});

test('a report without its end is no result', () => {
  expect(parseUnittest({ stdout: '', stderr: 'test_add (t.T) ... ok\n' })).toBeNull();
  expect(parseUnittest({ stdout: '', stderr: 'Ran 1 test in 0.1s\n' })).toBeNull();
});
