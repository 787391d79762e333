import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwClockError } from '../../../cli/clock/clock-error';
import type { CommandError } from '../../../cli/failures';
import { throwRejection, throwUsageAt } from '../../../cli/run/rejection';
import { ApiError } from '../../../helpers/errors';
import { projectRoot } from '../../../platform/base/directories';

const page = readFileSync(join(projectRoot(), 'docs', 'errors.md'), 'utf8');

/** A command whose log-in is rejected ends with the error of an unusable target instead. */
const OF_THE_LOG_IN = ['UNAUTHORIZED'];
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (\d) \|/gm)]
  .map(([, code, status, exit]) => ({ code: code!, status: Number(status), exit: Number(exit) }))
  .filter(({ code }) => !OF_THE_LOG_IN.includes(code));

const rejection = (status: number, code: string) =>
  new ApiError({ method: 'GET', path: '/x', status, code, message: 'no', body: { error: 'no', code } });

/** The exit code of the command whose rejection is handled so. */
function exitOf(handle: (error: unknown) => never, error: ApiError): number {
  try {
    return handle(error);
  } catch (failure) {
    return (failure as CommandError).exitCode;
  }
}

const usage = throwUsageAt(404, 409, 422);
const handlerOf = (code: string): ((error: unknown) => never) =>
  /^RE(PLAY|RUN)_/.test(code) ? usage : code === 'NOT_ENABLED' ? throwClockError : throwRejection;

test('the exit code of each response is that of its row', () => {
  const exits = rows.map(({ code, status }) => [code, exitOf(handlerOf(code), rejection(status, code))]);

  expect(exits).toEqual(rows.map(({ code, exit }) => [code, exit]));
  expect(exits.length).toBeGreaterThan(50);
});

test.each([
  [404, [2, 3, 1]],
  [409, [2, 1, 1]],
  [422, [2, 1, 1]],
  [403, [1, 1, 1]],
  [503, [1, 1, 1]],
])('%i ends a replay or rerun, a clock, and another command', (status, exits) => {
  const error = rejection(status, 'NOT_FOUND');

  expect([usage, throwClockError, throwRejection].map((handle) => exitOf(handle, error))).toEqual(exits);
});

test('the text has the code, the request, its status and the message', () => {
  expect(() => throwRejection(rejection(409, 'CONFLICT'))).toThrow(/^CONFLICT: GET \/x returned 409: no$/);
});

test('another error is thrown as it is', () => {
  const error = new Error('of the network');

  expect(() => throwRejection(error)).toThrow(error);
  expect(() => usage(error)).toThrow(error);
});
