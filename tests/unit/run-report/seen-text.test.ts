import { seenText } from '../../../helpers/run-report/seen-text';

test.each([
  ['an error', 'WAIT_TIMED_OUT: waited\nexecution 41', 'WAIT_TIMED_OUT: waited'],
  ['a value', 'expect(received).toBe(expected)\n\nExpected: 3\nReceived: 4', 'Expected: 3  Received: 4'],
  [
    'a substring',
    'expect(received).toContain(expected) // indexOf\n\nExpected substring: "a"\nReceived string:    "b"',
    'Expected substring: "a"  Received string:    "b"',
  ],
  [
    'a structure',
    'expect(received).toEqual(expected)\n\n- Expected  - 1\n+ Received  + 1\n\n  Array [\n-   1,\n+   2,\n  ]',
    '- 1,  + 2,',
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
