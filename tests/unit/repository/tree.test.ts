import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../..');

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|js|sh|py|sql)$/.test(file));

test.each(['utils', 'common', 'lib', 'misc'])('no folder of our own is called %s', (name) => {
  const own = tracked.filter((file) => !file.startsWith('packs/'));

  expect(own.filter((file) => dirname(file).split('/').includes(name))).toEqual([]);
});

test('no file only re-exports others', () => {
  expect(tracked.filter((file) => file.endsWith('/index.ts'))).toEqual([]);
});
