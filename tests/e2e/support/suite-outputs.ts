import type { SuiteProgram } from './pack-suites';

/** A program, its tests with their status, and how many passed, failed, were skipped. */
type Row = readonly [
  program: SuiteProgram,
  tests: readonly (readonly [name: string, status: string])[],
  counts: readonly [passed: number, failed: number, skipped: number],
];

const print = (...lines: string[]): string => `cat <<'END'\n${lines.join('\n')}\nEND`;
const line = (mark: string): string => mark.repeat(70);

/** What both runners of Python report of six tests: one of each outcome. */
const OUTCOMES = ['passed', 'failed', 'error', 'skipped', 'passed'];

/** The report of `pytest -v`, which ends with 1. */
const PYTEST = [
  ...['PASSED', 'FAILED', 'ERROR', 'SKIPPED (no)', 'XFAIL (no)', 'XPASS'].map(
    (word, n) => `t.py::t${n} ${word}  [ 9%]`,
  ),
  'FAILED t.py::t1 - why',
  `${line('=')} 1 failed, 1 passed, 1 skipped, 1 xfailed, 1 xpassed, 1 error in 0.10s ${line('=')}`,
];

/** The verbose report of `unittest`, which ends with 1. */
const UNITTEST = [
  ...['ok', 'FAIL', 'ERROR', "skipped 'no'", 'expected failure', 'unexpected success'].map(
    (outcome, n) => `t${n} (t.T.t${n}) ... ${outcome}`,
  ),
  ...['FAIL: t1 (t.T.t1)', 'ERROR: t2 (t.T.t2)'].flatMap((title) => [line('='), title, line('-'), 'why', '']),
  ...[line('-'), 'Ran 6 tests in 0.001s', ''],
  'FAILED (failures=1, errors=1, skipped=1, expected failures=1, unexpected successes=1)',
];

/** By suite. */
export const SUITE_OUTPUTS: Readonly<Record<string, Row>> = {
  plain: [
    ['tap', print('1..2', 'ok 1 - a', 'not ok 2 - b')],
    [
      ['a', 'passed'],
      ['b', 'failed'],
    ],
    [1, 1, 0],
  ],
  skipped: [
    ['tap', print('1..2', 'ok 1 - a # SKIP no', 'ok 2 - b')],
    [
      ['a', 'skipped'],
      ['b', 'passed'],
    ],
    [1, 0, 1],
  ],
  planned: [
    ['tap', print('1..3', 'ok 1 - a # TODO', 'not ok 2 - b # TODO later', 'ok 3')],
    [
      ['a', 'passed'],
      ['b', 'skipped'],
      ['test', 'passed'],
    ],
    [2, 0, 1],
  ],
  nested: [
    ['tap', print('    ok 1 - a', '    not ok 2 - b', '    1..2', 'not ok 1 - all', '1..1')],
    [
      ['a', 'passed'],
      ['b', 'failed'],
    ],
    [1, 1, 0],
  ],
  block: [['tap', print('not ok 1 - a', '  ---', '  ok 2 - no test', '  ...', '1..1')], [['a', 'failed']], [0, 1, 0]],
  'another end': [
    ['tap', `${print('ok 1 - a', '1..1')}\nexit 3`],
    [
      ['another end', 'failed'],
      ['a', 'passed'],
    ],
    [1, 1, 0],
  ],
  counted: [['simple', `${print('Passed: 2', 'Failed: 1', 'Skipped: 3')}\nexit 1`], [['counted', 'failed']], [2, 1, 3]],
  uncounted: [['simple', 'echo done'], [['uncounted', 'passed']], [1, 0, 0]],
  pytest: [
    ['pytest', `${print(...PYTEST)}\nexit 1`],
    [...OUTCOMES, 'passed'].map((status, n) => [`t.py::t${n}`, status] as const),
    [3, 2, 1],
  ],
  unittest: [
    ['unittest', `${print(...UNITTEST).replace(/^cat/, 'cat >&2')}\nexit 1`],
    [...OUTCOMES, 'failed'].map((status, n) => [`t.T.t${n}`, status] as const),
    [2, 3, 1],
  ],
};
