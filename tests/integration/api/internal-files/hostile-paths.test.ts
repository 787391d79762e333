import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../../../platform/base/error-details';
import { withFilesApi } from './files-api';

const files = withFilesApi();
let outside: string;
beforeAll(() => {
  outside = join(dirname(dirname(files().directory)), 'outside');
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'secret'), 'of the platform');
  mkdirSync(files().directory, { recursive: true });
});

const inside = (name: string) => join(files().directory, name);
const statusOf = async (method: string, path: string) =>
  (await files().send(method, path, method === 'PUT' || method === 'PATCH' ? 'sent' : undefined)).status;
const statusesOf = async (path: string) => [
  await statusOf('GET', path),
  await statusOf('HEAD', path),
  await statusOf('PATCH', path),
  await statusOf('DELETE', path),
  await statusOf('PUT', path),
];

test.each([
  '/../1/x',
  '/a/../../outside/secret',
  '/%2e%2e/x',
  '/%2E./x',
  '/..%2fx',
  '/a..b',
  '//etc/passwd',
  '/%2fetc/passwd',
  '/%2Fetc/passwd',
  '/a%00b',
  '/a%5cb',
  '/a\\b',
  '/./a',
  '/a/./b',
  '/a//b',
  '/a/',
  '/%zz',
  `/${'n'.repeat(256)}`,
  `/${'d/'.repeat(512)}n`,
])('IN-05 the path %s is 400 for every method', async (path) => {
  expect(await statusesOf(path)).toEqual([400, 400, 400, 400, 400]);
});

test('a path that was encoded twice is a plain name', async () => {
  expect(await statusOf('PUT', '/%252e%252e')).toBe(201);
  expect(existsSync(inside('%2e%2e'))).toBe(true);
});

test('a name of 255 bytes and a path of 1,024 are stored', async () => {
  const path = `${'d/'.repeat(384)}${'n'.repeat(256 - 1)}z`.replace(/z$/, '');
  expect(await statusOf('PUT', `/${'n'.repeat(255)}`)).toBe(201);
  expect([path.length, await statusOf('PUT', `/${path}/`.slice(0, -1))]).toEqual([1_023, 201]);
});

test('a refused path says why, as text', async () => {
  const answer = await files().send('GET', '/a/%2e%2e/b');

  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
    ...[400, 'the path must not contain ..', 'text/plain; charset=utf-8'],
  ]);
});

test('a link to a file is not followed, and PUT replaces it', async () => {
  symlinkSync(join(outside, 'secret'), inside('link'));

  expect(await statusesOf('/link')).toEqual([404, 404, 400, 404, 201]);
  expect([lstatSync(inside('link')).isFile(), readFileSync(inside('link'), 'utf8')]).toEqual([true, 'sent']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('of the platform');
});

test('a link to nothing creates nothing', async () => {
  symlinkSync(join(outside, 'new'), inside('dangling'));

  expect([await statusOf('PATCH', '/dangling'), existsSync(join(outside, 'new'))]).toEqual([400, false]);
});

test('a link to a directory is not entered', async () => {
  symlinkSync(outside, inside('way'));

  expect(await statusesOf('/way/secret')).toEqual([404, 404, 400, 404, 400]);
  expect(await statusOf('PUT', '/way/deep/new')).toBe(400);
  expect([readFileSync(join(outside, 'secret'), 'utf8'), existsSync(join(outside, 'deep'))]).toEqual([
    ...['of the platform', false],
  ]);
});

test('a pipe is no file, and its other end is not waited for', async () => {
  execFileSync('mkfifo', [inside('pipe')]);

  expect(await statusesOf('/pipe')).toEqual([404, 404, 400, 404, 201]);
});

test('a directory is no file', async () => {
  mkdirSync(inside('folder'));

  expect(await statusesOf('/folder')).toEqual([404, 404, 400, 404, 400]);
});

test('a file is no directory', async () => {
  writeFileSync(inside('plain'), 'x');

  expect(await statusesOf('/plain/below')).toEqual([404, 404, 400, 404, 400]);
});

test('a directory that is exchanged for a link is never followed', async () => {
  let isRunning = true;
  const exchange = async () => {
    while (isRunning) {
      rmSync(inside('swap'), { recursive: true, force: true, maxRetries: 5 });
      try {
        symlinkSync(outside, inside('swap'));
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error; // a request has created a directory meanwhile
      }
      await new Promise(setImmediate);
    }
  };
  const exchanging = exchange();
  const texts: string[] = [];
  for (let round = 0; round < 50; round++) {
    await files().send('PUT', '/swap/secret', 'sent');
    await files().send('PATCH', '/swap/secret', 'sent');
    texts.push((await files().send('GET', '/swap/secret')).text);
    await files().send('DELETE', '/swap/secret');
  }
  isRunning = false;
  await exchanging;

  expect(texts).not.toContain('of the platform');
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('of the platform');
});
