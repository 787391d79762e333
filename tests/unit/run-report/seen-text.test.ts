import { rerunCommand, runSettings } from '../../../helpers/run-report/test-name';
import { differencesText, seenText } from '../../../helpers/run-report/seen-text';

test.each([
  ['an error', 'WAIT_TIMED_OUT: waited\nexecution 41', 'WAIT_TIMED_OUT: waited'],
  ['a value', 'expect(received).toBe(expected)\n\nExpected: 3\nReceived: 4', 'expected 3, saw 4'],
  [
    'a substring',
    'expect(received).toContain(expected) // indexOf\n\nExpected substring: "a"\nReceived string:    "b"',
    'expected to contain "a", saw "b"',
  ],
  ['no value', 'expect(received).toBeUndefined()\n\nReceived: "a"', 'expected to be undefined, saw "a"'],
  [
    'a bound',
    'expect(received).toBeGreaterThanOrEqual(expected)\n\nExpected: >= 5000\nReceived:    473.2',
    'expected >= 5000, saw 473.2',
  ],
  [
    'the other than a value',
    'expect(received).not.toBe(expected) // Object.is equality\n\nExpected: not 3\nReceived: 3',
    'expected not 3, saw 3',
  ],
  [
    'a structure',
    'expect(received).toEqual(expected)\n\n- Expected  - 1\n+ Received  + 1\n\n  Array [\n-   1,\n+   2,\n  ]',
    'expected 1, saw 2',
  ],
  [
    'members of a structure',
    'expect(received).toMatchObject(expected)\n\n- Expected  - 2\n+ Received  + 2\n\n  Object {\n-   "a": 1,\n-   "b": 2,\n+   "b": null,\n+   "c": 3,\n  }',
    'a: expected 1; b: expected 2, saw null; saw c: 3',
  ],
  [
    'an error that the platform logged',
    'PLATFORM_FAULT: the platform logged an error\n2026-11-28T03:24:30.412Z  step failed: no x\nE: no x\n    at node:fs:1\n    at a (platform/a.ts:1:2)',
    'PLATFORM_FAULT: step failed: no x, at a (platform/a.ts:1:2)',
  ],
  ['a long value', `x${'y'.repeat(400)}`, `x${'y'.repeat(299)}… (401 characters)`],
])('%s is seen in one line', (_, error, seen) => {
  expect(seenText(error)).toBe(seen);
});

test('each difference of two values is seen with its path', () => {
  const shown = [
    { path: 'a › 0', expected: '3', seen: '4' },
    { path: '', expected: `"${'x'.repeat(100)}"`, seen: 'nothing' },
  ];
  expect(differencesText({ shown, count: 4 })).toBe(
    `a › 0: expected 3, saw 4; expected "${'x'.repeat(79)}… (102 characters), saw nothing; and 2 more differences`,
  );
});

const TEST = { id: 'T2.8b', tier: 'tier2', title: 'a task', file: 'tests/e2e/tier2/t2-08.test.ts' };

test('a rerun has the target and settings of its run, without secret values', () => {
  const env = {
    PLATFORM_URL: 'https://a.example:8443/x?y',
    E2E_TIME: 'real',
    TEST_USER_LOGIN: 'someone',
    TEST_USER_PASSWORD: 'a-password',
    DATABASE_URL: 'postgres://u:p@h/d',
    RELAY_TOKEN: 'a-token',
    E2E_MODE: '',
  };

  expect(rerunCommand(TEST, runSettings(env))).toBe(
    `PLATFORM_URL='https://a.example:8443/x?y' E2E_TIME=real TEST_USER_LOGIN="$TEST_USER_LOGIN" ` +
      `TEST_USER_PASSWORD="$TEST_USER_PASSWORD" DATABASE_URL="$DATABASE_URL" ` +
      `npx jest tests/e2e/tier2/t2-08.test.ts -t '^T2.8b '`,
  );
  expect(rerunCommand(TEST, runSettings({}))).toBe(`npx jest tests/e2e/tier2/t2-08.test.ts -t '^T2.8b '`);
});
