import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import { clockReadings, READERS } from './clock-readings';

const readingsOf = (): ReadonlyMap<string, readonly string[]> => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot(), encoding: 'utf8' }).split('\0');
  const sources = files.filter((file) => /\.(ts|sql)$/.test(file));
  const found = sources.map((file) => [file, clockReadings(file, readFileSync(join(repositoryRoot(), file), 'utf8'))]);
  return new Map((found as [string, string[]][]).filter(([, readings]) => readings.length > 0));
};

test('only the files that define the clocks, and the listed ones, read one', () => {
  const found = readingsOf();

  const others = [...found].filter(([file]) => !Object.hasOwn(READERS, file));
  expect(others.flatMap(([file, readings]) => readings.map((reading) => `${file}:${reading}`))).toEqual([]);
  expect(Object.keys(READERS).filter((file) => !found.has(file))).toEqual([]);
});

test.each([
  ['platform/a.ts', 'const at = Date.now();', '1: Date.now'],
  ['platform/a.ts', 'const read = [1].map(Date.now);', '1: Date.now'],
  ['platform/a.ts', '\nconst at = new Date();', '2: new Date()'],
  ['tests/e2e/tier1/a.ts', 'const at = Date();', '1: Date()'],
  ['platform/a.ts', 'sql`select\n  now()`', '2: now()'],
  ['platform/a.ts', 'sql`at < ${x} + clock_timestamp()`', '1: clock_timestamp()'],
  ['tests/integration/a.ts', `query('update a set at = now()');`, '1: now()'],
  ['platform/a.sql', 'select 1;\nselect CURRENT_TIMESTAMP;', '2: CURRENT_TIMESTAMP'],
  ['platform/a.sql', 'select transaction_timestamp()', '1: transaction_timestamp()'],
])('%s: %j reads a clock', (file, text, reading) => {
  expect(clockReadings(file, text)).toEqual([reading]);
});

test.each([
  ['platform/a.ts', 'const at = new Date(platformNow()); performance.now(); clock.now();'],
  ['platform/a.ts', 'sql`select platform_now(), liveness_now()`; // not now()'],
  ['platform/a.sql', 'select platform_now(); -- not now()'],
  ['cli/a.ts', 'const at = new Date().toISOString();'],
])('%s: %j reads none', (file, text) => {
  expect(clockReadings(file, text)).toEqual([]);
});
