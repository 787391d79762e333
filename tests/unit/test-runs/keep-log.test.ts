import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepLog } from '../../../helpers/jest/keep-log';

test('the log of a platform is kept with the results, without secrets', () => {
  const directory = mkdtempSync(join(tmpdir(), 'keep-log-'));
  const log = join(directory, 'platform.log');
  writeFileSync(log, 'one\na secret\n');

  const kept = keepLog(log, directory, 'm3x9', (text) => text.replaceAll('secret', '***'));

  expect(kept).toBe(join(directory, 'm3x9.platform.log'));
  expect(readFileSync(kept, 'utf8')).toBe('one\na ***\n');
  rmSync(directory, { recursive: true });
});

test('of a long log, the whole lines of the end are kept', () => {
  const directory = mkdtempSync(join(tmpdir(), 'keep-log-'));
  const log = join(directory, 'platform.log');
  writeFileSync(log, `secret\n${'x'.repeat(32 * 1_024 * 1_024 - 8)}\nlast`);

  const text = readFileSync(
    keepLog(log, directory, 'm3x9', (all) => all.replaceAll('secret', '***')),
    'utf8',
  );

  expect([text.slice(0, 4), text.slice(-5)]).toEqual(['xxxx', '\nlast']);
  rmSync(directory, { recursive: true });
});
