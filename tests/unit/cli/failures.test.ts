import { CommandError, describeFailure } from '../../../cli/failures';
import { databaseLocation } from '../../../cli/external-database';
import { StartError } from '../../../platform/embedded/start-error';
import { SettingError } from '../../../platform/base/settings/values';
import { DatabaseRefused } from '../../../platform/store/database/database-refused';

const systemError = (code: string, properties: object): Error =>
  Object.assign(new Error(code), { code, ...properties });

const KNOWN: [string, Error, number][] = [
  ['a setting', new SettingError('PLATFORM_WORKERS', 'x', 'a number'), 2],
  ['a binary', new StartError('PG_BINARY_UNUSABLE', 'no such file', 'npm ci'), 3],
  ['a cleanup', new StartError('LEFT_BEHIND', '/tmp/x', 'remove it'), 4],
  ['a port', systemError('EADDRINUSE', { syscall: 'listen', address: '127.0.0.1', port: 80 }), 3],
  ['a database of others', new DatabaseRefused('DB_NOT_OURS', 'it has tables', 'name another'), 2],
  ['an edited migration', new DatabaseRefused('MIGRATION_MODIFIED', 'it was edited', 'restore it'), 3],
  ['a usage', new CommandError('no', 2), 2],
];

test.each(KNOWN)('%s error is one line with its own exit code', (_, error, exit) => {
  const failure = describeFailure(error);

  expect(failure.exitCode).toBe(exit);
  expect(failure.line).not.toContain('\n');
});

test('an unexpected error is printed with its stack and its cause', () => {
  const { line, exitCode } = describeFailure(new Error('outer', { cause: new Error('inner') }));

  expect(exitCode).toBe(1);
  expect(line).toMatch(/outer[\s\S]*at [\s\S]*inner/);
});

test.each([
  ['a host', 'postgres://me:secret@db.example:6543/mine', 'db.example:6543/mine'],
  ['a directory', 'postgres://me:secret@%2Frun%2Fdb/mine', '/run/db:5432/mine'],
])('the location of a database on %s has no password', (_, url, location) => {
  expect(databaseLocation(url)).toBe(location);
});

test.each(['mysql://x/y', 'db.example', ''])('%j is rejected as a database URL', (url) => {
  expect(() => databaseLocation(url)).toThrow(CommandError);
});
