import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeLine, openPlatformLog } from '../../../../helpers/scenario/evidence/platform-log';
import { testDirectory } from '../../../test-directory';

test('only what was logged since the log was opened is printed', () => {
  const directory = testDirectory();
  const path = join(directory, 'platform.log');
  writeFileSync(path, 'before\n');
  const log = openPlatformLog(path);
  expect(log.print()).toBe('');

  appendFileSync(
    path,
    '{"level":50,"time":0,"name":"executor","err":{"message":"no route"},"msg":"step failed"}\nplain\n',
  );

  expect(log.print()).toBe('1 × 1970-01-01T00:00:00.000Z  executor  step failed: no route\nplain');
  rmSync(directory, { recursive: true });
  expect(log.print()).toMatch(/^no log: ENOENT/);
  expect(log.readFaults()).toEqual([]); // an error would hide that of the test
  expect(openPlatformLog(null).print()).toBe('');
});

test('a line that is no entry stays as it is', () => {
  expect(['{"level":', '{"msg":"x"}', 'text'].map(describeLine)).toEqual(['{"level":', '{"msg":"x"}', 'text']);
});

/** An entry about an error, as the platform writes it. */
const entryOf = (parts: object, err: object = {}): string =>
  JSON.stringify({
    level: 50,
    time: 0,
    name: 'executor',
    msg: 'notification handler failed',
    err: { message: 'x is undefined', stack: 'TypeError: x is undefined\n    at step (step.ts:4)', ...err },
    ...parts,
  });

/** What is printed of these lines. */
function printed(lines: readonly string[]): string[] {
  const directory = testDirectory();
  const path = join(directory, 'platform.log');
  writeFileSync(path, '');
  const log = openPlatformLog(path);
  appendFileSync(path, `${lines.join('\n')}\n`);
  const text = log.print();
  return text.split('\n');
}

test('entries that the platform has counted are part of the count of an error', () => {
  expect(printed([entryOf({}), entryOf({ repeated: 9 })])[0]).toBe(
    '11 × 1970-01-01T00:00:00.000Z  executor  notification handler failed: x is undefined',
  );
});

test('an error is printed once, with its count and its frame of the platform', () => {
  const stack = 'E: x\n    at node:fs:3\n    at q (/c/node_modules/pg/q.js:1:1)\n    at step (/c/step.ts:4:2)';
  const repeated = entryOf({ execution: 41 }, { stack });

  const other = entryOf({ execution: 42 }, { stack });

  expect(printed([repeated, entryOf({ level: 40, msg: 'could not claim' }), 'plain', repeated, other])).toEqual([
    '3 × 1970-01-01T00:00:00.000Z  executor  notification handler failed: x is undefined  (execution 41, execution 42)',
    '      at step (/c/step.ts:4:2)',
    '1 × 1970-01-01T00:00:00.000Z  executor  could not claim: x is undefined',
    '      at step (step.ts:4)',
    'plain',
  ]);
});

test('a crash is printed with its frame, and without a message', () => {
  const crash = {
    level: 60,
    time: 0,
    name: 'w-1',
    msg: 'WORKER_CRASHED',
    error: 'TypeError',
    frames: ['at a (/c/a.ts:1:2)'],
  };

  expect(printed([JSON.stringify(crash)])).toEqual([
    '1 × 1970-01-01T00:00:00.000Z  w-1  WORKER_CRASHED: TypeError',
    '      at a (/c/a.ts:1:2)',
  ]);
});

test('an error is printed however many lines follow it', () => {
  expect(printed([entryOf({}), ...Array.from({ length: 50 }, (_, n) => `line ${n}`)])).toContain(
    '1 × 1970-01-01T00:00:00.000Z  executor  notification handler failed: x is undefined',
  );
});

test('an error that was not handled is read once, with its execution', () => {
  const directory = testDirectory();
  const path = join(directory, 'platform.log');
  writeFileSync(path, `${entryOf({})}\n`);
  const log = openPlatformLog(path);
  expect(log.readFaults()).toEqual([]);

  const entries = [entryOf({ payload: '{"execution":41,"instance":"a"}' }), entryOf({ execution: 42 }), entryOf({})];
  appendFileSync(path, `${entries.join('\n')}\n{"level":50,"ti`);

  const text =
    '1970-01-01T00:00:00.000Z  executor  notification handler failed: x is undefined\n' +
    'TypeError: x is undefined\n    at step (step.ts:4)';
  expect(log.readFaults()).toEqual([41, 42, null].map((execution) => ({ text, execution })));
  expect(log.readFaults()).toEqual([]);
});

test.each([
  ['a warning', entryOf({ level: 40 })],
  ['an entry without an error', '{"level":50,"time":0,"msg":"worker process exited"}'],
  ['a lost connection', entryOf({}, { code: 'ECONNRESET' })],
  ['a cancelled statement', entryOf({}, { code: '57014' })],
  ['a conflict of two transactions', entryOf({}, { code: '40001' })],
])('%s is no such error', (_, line) => {
  const directory = testDirectory();
  const path = join(directory, 'platform.log');
  writeFileSync(path, '');
  const log = openPlatformLog(path);
  appendFileSync(path, `${line}\n`);
  expect(log.readFaults()).toEqual([]);
});
