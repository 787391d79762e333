import { join, resolve } from 'node:path';
import { requestProgramOf } from '../../../../bin/request-program';
import { withSourcePlaces } from '../../../../helpers/scenario/evidence/source-frames';

const ROOT = resolve(__dirname, '../../../..');

interface Bundler {
  bundle(root: string): Promise<string>;
}
const { bundle } = jest.requireActual<Bundler>('../../../../bin/bundle.js');

test.each([
  ['the program', join(ROOT, 'tuningfork.cjs')],
  ['its copy for a worker', '/dev/shm/tuningfork-1f/program/bundle.cjs'],
])('a place in %s is the place in the sources', async (_program, path) => {
  const lines = (await bundle(ROOT)).split('\n');
  const at = lines.findIndex((line) => /^function backoffDelayMs|backoffDelayMs = \(/.test(line));
  const column = lines[at]!.indexOf('backoffDelayMs') + 1;

  const frame = `    at next (${path}:${at + 1}:${column})`;
  const [first, second, ...others] = withSourcePlaces(`x\n${frame}\n${frame}\n    at node:fs:3`, ROOT)
    .split('\n')
    .slice(1);
  expect(first).toMatch(/^ {4}at next \(platform\/core\/workflow\/retry-delay\.ts:\d+:\d+\)$/);
  expect(second).toBe('      | export const backoffDelayMs = (retry: BackoffPolicy, n: number): number =>');
  expect(others).toEqual([first, '    at node:fs:3']);
});

test('a place in the program of one request is the place in its sources', async () => {
  const lines = requestProgramOf(await bundle(ROOT)).split('\n');
  const at = lines.findIndex((line) => line.includes('async function runHttpRequest('));

  const frame = `    at runHttpRequest (/dev/shm/tuningfork-1f/program/http-request.cjs:${at + 1}:16)`;
  expect(withSourcePlaces(frame, ROOT)).toMatch(
    /\(platform\/egress\/http-request\.ts:\d+:\d+\)\n {6}\| export async function runHttpRequest\(/,
  );
});

test('a text without such a place stays, and a place that is in no source', () => {
  const nowhere = `at ${join(ROOT, 'tuningfork.cjs')}:1:1`;

  expect([withSourcePlaces('at /c/a.ts:1:1', ROOT), withSourcePlaces(nowhere, ROOT)]).toEqual([
    'at /c/a.ts:1:1',
    nowhere,
  ]);
});
