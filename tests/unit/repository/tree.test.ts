import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const MOST_FILES = 25;

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|js|sh|py|sql)$/.test(file));

/** Migrations are numbered, and applied ones are never removed. */
const isMigration = (file: string): boolean => file.startsWith('platform/store/migrations/');

test(`no folder holds more than ${MOST_FILES} source files directly`, () => {
  const counts = new Map<string, number>();
  for (const file of tracked.filter((file) => !isMigration(file)))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);

  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

test.each(['utils', 'common', 'lib', 'misc'])('no folder of our own is called %s', (name) => {
  const own = tracked.filter((file) => !file.startsWith('packs/'));

  expect(own.filter((file) => dirname(file).split('/').includes(name))).toEqual([]);
});

test('no file only re-exports others', () => {
  expect(tracked.filter((file) => file.endsWith('/index.ts'))).toEqual([]);
});
