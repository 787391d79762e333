import { connect } from 'node:net';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { livenessDeadline } from '../../liveness';
import { ROOT, withFilesApi } from './files-api';

const MEBIBYTE = 1_024 * 1_024;

const files = withFilesApi();

const onDisk = (path: string) => readFileSync(join(files().directory, path), 'utf8');
const recordedSizes = async () => {
  const { rows } = await files().owner.query<{ path: string; size: number }>(
    'select path, size_bytes::int as size from internal_file where tenant = 1 order by path',
  );
  return Object.fromEntries(rows.map(({ path, size }) => [path, size]));
};

/** So many bodies are being received. */
const bodiesToBe = (count: number) =>
  predicateToHold(
    `${count} received bodies`,
    () => existsSync(files().received) && readdirSync(files().received).length === count,
  );

test('a stored file is read as it was sent, and then removed', async () => {
  const stored = await files().send('PUT', '/run/7/out.bin', 'a\0é', {
    headers: { 'content-type': 'application/json' },
  });
  const read = await files().send('GET', '/run/7/out.bin');
  const head = await files().send('HEAD', '/run/7/out.bin');
  const removed = await files().send('DELETE', '/run/7/out.bin');
  const gone = await files().send('GET', '/run/7/out.bin');

  expect([stored.status, stored.text]).toEqual([201, '']);
  expect([read.status, read.text]).toEqual([200, 'a\0é']);
  expect(read.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': '4' });
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '4']);
  expect([removed.status, removed.text]).toEqual([204, '']);
  expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([
    ...[404, 'no such file', 'text/plain; charset=utf-8'],
  ]);
});

test.each(['HEAD', 'GET', 'DELETE'])('%s of a file that is not there is 404', async (method) => {
  expect((await files().send(method, '/nowhere/at/all')).status).toBe(404);
});

test('a program finds the file below its own directory of artifacts', async () => {
  await files().send('PUT', '/found/here', 'by a program');

  expect(onDisk('found/here')).toBe('by a program');
});

test('PUT replaces a file, PATCH creates one and appends to it', async () => {
  const statuses = [
    (await files().send('PUT', '/log', 'a longer first text')).status,
    (await files().send('PUT', '/log', 'first')).status,
    (await files().send('PATCH', '/log', ' second')).status,
    (await files().send('PATCH', '/new', 'only')).status,
  ];

  expect(statuses).toEqual([201, 201, 204, 204]);
  expect([onDisk('log'), onDisk('new')]).toEqual(['first second', 'only']);
  expect(await recordedSizes()).toMatchObject({ log: 12, new: 4 });
});

test('concurrent PATCHes append every body whole', async () => {
  const bodies = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(97 + index).repeat(70_000));

  const answers = await Promise.all(bodies.map((body) => files().send('PATCH', '/together', body)));

  expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 204));
  const parts = onDisk('together').match(/(.)\1*/g) ?? [];
  expect(parts.sort()).toEqual(bodies);
});

test('a body of no bytes is an empty file', async () => {
  const stored = await files().send('PUT', '/empty');

  expect([stored.status, (await files().send('GET', '/empty')).text, onDisk('empty')]).toEqual([201, '', '']);
});

test('an encoded slash separates directories', async () => {
  await files().send('PUT', '/one%2Ftwo', 'x');

  expect(onDisk('one/two')).toBe('x');
});

test('files are of the tenant of the token', async () => {
  await files().send('PUT', '/mine', 'of the first');

  const foreign = { token: files().foreignToken };
  const answers = [
    await files().send('GET', '/mine', undefined, foreign),
    await files().send('DELETE', '/mine', undefined, foreign),
  ];
  await files().send('PUT', '/mine', 'of the other', foreign);

  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect([onDisk('mine'), (await files().send('GET', '/mine', undefined, foreign)).text]).toEqual([
    ...['of the first', 'of the other'],
  ]);
});

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('%s is for sensors and workers', async (method) => {
  const answers = [
    await files().send(method, '/../x', undefined, { token: null }),
    await files().send(method, '/../x', undefined, { token: files().admin }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([401, 403]);
});

test('a compressed body is refused', async () => {
  const answer = await files().send('PUT', '/packed', 'x', { headers: { 'content-encoding': 'gzip' } });

  expect([answer.status, existsSync(join(files().directory, 'packed'))]).toEqual([400, false]);
});

test('a body of 100 MiB is stored, and one byte more is refused', async () => {
  const most = Buffer.alloc(100 * MEBIBYTE, 1);
  const stored = await files().send('PUT', '/most', most);
  const declared = await files().send('PUT', '/more', Buffer.concat([most, Buffer.from('x')]));
  const chunked = await files().send('PUT', '/more', Buffer.concat([most, Buffer.from('x')]), {
    headers: { 'transfer-encoding': 'chunked' },
  });
  const appended = await files().send('PATCH', '/most', 'x');

  expect([stored, declared, chunked, appended].map(({ status }) => status)).toEqual([201, 413, 413, 204]);
  expect(chunked.text).toBe('the body is larger than 104857600 bytes');
  expect([(await recordedSizes()).most, existsSync(join(files().directory, 'more'))]).toEqual([104_857_601, false]);
  expect(readdirSync(files().received)).toEqual([]);
  await files().send('DELETE', '/most');
});

test('a body that ends early changes nothing', async () => {
  await files().send('PUT', '/kept', 'as it was');
  const socket = connect(files().port, '127.0.0.1');
  await once(socket, 'connect');
  const head = `PUT ${ROOT}/kept HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${files().token}\r\ncontent-length: 10\r\n\r\n`;
  socket.write(`${head}12345`);
  await until(bodiesToBe(1), livenessDeadline());

  socket.destroy();

  await until(bodiesToBe(0), livenessDeadline());
  expect(onDisk('kept')).toBe('as it was');
});
