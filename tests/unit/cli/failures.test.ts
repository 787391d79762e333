import { CommandError, explain } from '../../../cli/failures';
import { placeOf } from '../../../cli/external-database';
import { StartError } from '../../../platform/embedded/errors';
import { SettingError } from '../../../platform/settings';

const systemError = (code: string, more: object): Error => Object.assign(new Error(code), { code, ...more });

const KNOWN: [string, Error, number][] = [
  ['a setting', new SettingError('PLATFORM_WORKERS', 'x', 'a number'), 2],
  ['binaries', new StartError('PG_BINARY_UNUSABLE', 'no such file', 'npm ci'), 3],
  ['what could not be removed', new StartError('LEFT_BEHIND', '/tmp/x', 'remove it'), 4],
  ['a port', systemError('EADDRINUSE', { syscall: 'listen', address: '127.0.0.1', port: 80 }), 3],
  ['usage', new CommandError('no', 2), 2],
];

test.each(KNOWN)('%s that is wrong is one line and its own exit code', (_, error, exit) => {
  const failure = explain(error);

  expect(failure.exit).toBe(exit);
  expect(failure.line).not.toContain('\n');
});

test('what nobody foresaw is shown with its stack and its cause', () => {
  const { line, exit } = explain(new Error('outer', { cause: new Error('inner') }));

  expect(exit).toBe(1);
  expect(line).toMatch(/outer[\s\S]*at [\s\S]*inner/);
});

test('a database is named without its password', () => {
  expect(placeOf('postgres://me:secret@db.example:6543/mine')).toBe('db.example:6543/mine');
});

test.each(['mysql://x/y', 'db.example', ''])('%j is no database URL', (url) => {
  expect(() => placeOf(url)).toThrow(CommandError);
});
