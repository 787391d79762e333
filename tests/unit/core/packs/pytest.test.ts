import { parsePytest } from '../../../../platform/core/packs/parse-pytest';

const REPORT = `============================= test session starts ==============================
collected 5 items

tests/test_sums.py::test_add PASSED                                      [ 20%]
tests/test_sums.py::test_divide[1-2] FAILED                              [ 40%]
tests/test_sums.py::test_later SKIPPED (not yet)                         [ 60%]
tests/test_sums.py::test_known XFAIL (a defect)                          [ 80%]
tests/test_sums.py::test_broken ERROR                                    [100%]

=========================== short test summary info ============================
FAILED tests/test_sums.py::test_divide[1-2] - assert 1 == 2
ERROR tests/test_sums.py::test_broken - RuntimeError: broken
=== 1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error in 0.05s ===
`;

test('the cases and counts of a verbose report are read', () => {
  const parsed = parsePytest({ stdout: REPORT, stderr: '' });

  expect(parsed?.counts).toEqual({ passed: 2, failed: 2, skipped: 1 });
  expect(parsed?.cases.map(({ name, status, errorMessage }) => [name, status, errorMessage])).toEqual([
    ['tests/test_sums.py::test_add', 'passed', null],
    ['tests/test_sums.py::test_divide[1-2]', 'failed', 'assert 1 == 2'],
    ['tests/test_sums.py::test_later', 'skipped', null],
    ['tests/test_sums.py::test_known', 'passed', null],
    ['tests/test_sums.py::test_broken', 'error', 'RuntimeError: broken'],
  ]);
});

test('a report of several errors is counted', () => {
  expect(parsePytest({ stdout: '=== 2 errors in 0.10s ===\n', stderr: '' })?.counts.failed).toBe(2);
});

test('a report without its end is no result', () => {
  expect(parsePytest({ stdout: 'tests/test_sums.py::test_add PASSED\n', stderr: '' })).toBeNull();
});
