import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRecordsDirectory } from '../../../helpers/jest/records-directory';
import { testDirectory } from '../../test-directory';

/** No process has it: the largest pid of Linux is 2^22. */
const ENDED = 2 ** 22 + 1;

test('records have a directory, and those of interrupted runs are removed', () => {
  const results = join(testDirectory(), 'results');
  for (const name of [`running-${ENDED}-aaaa`, `running-${process.ppid}-bbbb`, 'failures'])
    mkdirSync(join(results, name), { recursive: true });
  writeFileSync(join(results, `running-${ENDED}-aaaa`, 'records-1.jsonl'), '');

  const path = createRecordsDirectory(results, 'cccc');

  expect(path).toBe(join(results, `running-${process.pid}-cccc`));
  expect(readdirSync(results).sort()).toEqual(
    ['failures', `running-${process.pid}-cccc`, `running-${process.ppid}-bbbb`].sort(),
  );
});

test('one that this user cannot remove stays, and the run has its own', () => {
  const results = join(testDirectory(), 'results');
  const stale = join(results, `running-${ENDED}-aaaa`);
  mkdirSync(stale, { recursive: true });
  writeFileSync(join(stale, 'records-1.jsonl'), '');
  chmodSync(stale, 0o555);

  expect(createRecordsDirectory(results, 'cccc')).toBe(join(results, `running-${process.pid}-cccc`));
  expect(existsSync(stale)).toBe(process.getuid?.() !== 0); // root can

  if (existsSync(stale)) chmodSync(stale, 0o755);
});

test('there is none where the results cannot be written', () => {
  const file = join(testDirectory(), 'file');
  writeFileSync(file, '');

  expect(createRecordsDirectory(join(file, 'results'), 'aaaa')).toBeNull();
  expect(existsSync(join(file, 'results'))).toBe(false);
});
