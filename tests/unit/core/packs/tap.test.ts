import { parseTap } from '../../../../platform/core/packs/parse-tap';

const NESTED = `TAP version 13
# Subtest: adds
ok 1 - adds
  ---
  duration_ms: 1.6
  type: 'test'
  ...
# Subtest: a suite
    # Subtest: divides
    not ok 1 - divides
      ---
      duration_ms: 0.4
      error: 'expected 2, got 3'
      ...
    # Subtest: is new
    ok 2 - is new # SKIP not yet
    1..2
not ok 2 - a suite
  ---
  error: '1 subtest failed'
  ...
ok 3 - rounds # TODO
not ok 4 - is planned # TODO
1..4
# tests 5
`;

test('tests without subtests are counted, with their messages', () => {
  const parsed = parseTap({ stdout: NESTED, stderr: '' });

  expect(parsed?.counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
  expect(parsed?.cases.map(({ name, status, durationMs, errorMessage }) => [name, status, durationMs, errorMessage])).toEqual([
    ['adds', 'passed', 2, null],
    ['divides', 'failed', 0, "duration_ms: 0.4\nerror: 'expected 2, got 3'"],
    ['is new', 'skipped', 0, null],
    ['rounds', 'passed', 0, null],
    ['is planned', 'skipped', 0, null],
  ]); // oxfmt-ignore
});

test('a test that fails beside its passed subtests is counted', () => {
  const stdout = '    ok 1 - inner\n    1..1\nnot ok 1 - outer\n1..1\n';

  expect(parseTap({ stdout, stderr: '' })?.counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test.each([
  ['output without a plan', 'ok 1 - one\n'],
  ['output that ends early', 'ok 1 - one\nBail out! no disk\n1..2\n'],
  ['other output', 'hello\n'],
])('%s is no result', (_what, stdout) => {
  expect(parseTap({ stdout, stderr: '' })).toBeNull();
});

test('a plan of no tests has no tests', () => {
  expect(parseTap({ stdout: '1..0\n', stderr: '' })).toEqual({
    cases: [],
    counts: { passed: 0, failed: 0, skipped: 0 },
  });
});
