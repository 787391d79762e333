import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { isLostConnection } from '../../../platform/store/database/lost-connection';

const MISSING = '/nowhere/.s.PGSQL.5432';
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

test('a socket that is missing is the one of a database that is away', async () => {
  expect(isLostConnection(await failureOf(once(createConnection(MISSING), 'connect')))).toBe(true);
});

test('a file that is missing is no lost connection', async () => {
  expect(isLostConnection(await failureOf(readFile(MISSING)))).toBe(false);
});
