import { CommandError, describeFailure } from '../../../cli/failures';
import { databaseLocation } from '../../../cli/serve/external-database';
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
  ['a failed migration', new DatabaseRefused('MIGRATION_FAILED', 'it does not apply', 'correct it'), 3],
  ['a usage', new CommandError('no', 2), 2],
];

test.each(KNOWN)('%s error is one line with its own exit code', (_, error, exit) => {
  const failure = describeFailure(error);

  expect(failure.exitCode).toBe(exit);
  expect(failure.line).not.toContain('\n');
});

const listenError = (code: string, address: string, port: number) =>
  systemError(code, { syscall: 'listen', address, port });
const notifierError = Object.assign(new Error('x', { cause: listenError('EADDRINUSE', '0.0.0.0', 81) }), {
  name: 'NotifierNotListening',
});

test.each([
  [listenError('EADDRINUSE', '127.0.0.1', 80), 'PORT_IN_USE: 127.0.0.1:80 is in use; use another --port, or 0 for a'],
  [
    listenError('EACCES', '127.0.0.1', 80),
    'PORT_REFUSED: this user may not listen on 127.0.0.1:80; use a --port above',
  ],
  [listenError('EADDRNOTAVAIL', '192.0.2.1', 80), 'HOST_NOT_HERE: 192.0.2.1:80 is not an address of this machine; use'],
  [notifierError, 'PORT_IN_USE: 0.0.0.0:81 is in use; use another --notifier-port'],
])('a server that cannot listen says why, and what to do', (error, line) => {
  const failure = describeFailure(error);

  expect(failure.exitCode).toBe(3);
  expect(failure.line.slice(0, line.length)).toBe(line);
});

test.each([
  ['AdministratorLoginTaken', 'ADMINISTRATOR_LOGIN_TAKEN'],
  ['KnownPasswordExposed', 'KNOWN_PASSWORD'],
  ['RoleCreationDenied', 'DB_ROLE_REFUSED'],
  ['IsolationUnavailable', 'ISOLATION_UNAVAILABLE'],
  ['WorkersNotReady', 'WORKERS_NOT_READY'],
])('%s of the platform is %s, exit 3', (name, code) => {
  const error = Object.assign(new Error('see the log'), { name });

  expect(describeFailure(error)).toEqual({ line: `${code}: see the log`, exitCode: 3 });
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
