import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { describeLine, openPlatformLog } from '../../../../helpers/scenario/evidence/platform-log';

test('only what was logged since the log was opened is printed', () => {
  const directory = dirSync({ unsafeCleanup: true });
  const path = join(directory.name, 'platform.log');
  writeFileSync(path, 'before\n');
  const log = openPlatformLog(path);
  expect(log.print()).toBe('');

  appendFileSync(
    path,
    '{"level":50,"time":0,"name":"executor","err":{"message":"no route"},"msg":"step failed"}\nplain\n',
  );

  expect(log.print()).toBe('1970-01-01T00:00:00.000Z  executor  step failed: no route\nplain');
  directory.removeCallback();
  expect(log.print()).toMatch(/^no log: ENOENT/);
  expect(openPlatformLog(null).print()).toBe('');
});

test('a line that is no entry stays as it is', () => {
  expect(['{"level":', '{"msg":"x"}', 'text'].map(describeLine)).toEqual(['{"level":', '{"msg":"x"}', 'text']);
});
