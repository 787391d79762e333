import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../helpers/scenario/polling';
import { readPackInProcess, unpackInProcess } from '../../../platform/packs/process/in-pack-process';
import { removeTestEnvironments } from '../../../platform/packs/storage/interrupted-uploads';
import { testDirectory } from '../../test-directory';

let directory: string;
beforeEach(() => (directory = testDirectory()));

const writeProgram = (text: string): string => {
  const program = join(directory, 'program.cjs');
  writeFileSync(program, text);
  return program;
};
const LIMITS = { processorSeconds: 1, heapMib: 64, dataMib: 1_024, keptSeconds: 0.05, usedSeconds: 1 };
const unpackWith = (program: string, signal = new AbortController().signal, limits = LIMITS) =>
  unpackInProcess('/no/archive', '/no/directory', { program: { path: program, modules: '' }, signal, limits });

const readWith = (program: string) =>
  readPackInProcess('/no/directory', {
    program: { path: program, modules: '' },
    signal: new AbortController().signal,
    limits: LIMITS,
  });

/** A program that replies to each request; `result` is an expression of `line`, the request. */
const writeReplying = (result: string, usedMs = 0): string =>
  writeProgram(
    `require('readline').createInterface({ input: process.stdin }).on('line', (line) =>
      console.log(JSON.stringify({ result: ${result}, usedMs: ${usedMs} })));`,
  );
const isRunning = (pid: string): boolean => existsSync(`/proc/${pid}/exe`);

test('an archive that needs too much processor time is rejected', async () => {
  const program = writeProgram('for (;;);');

  await expect(unpackWith(program)).rejects.toMatchObject({ code: 'BAD_REQUEST', details: { reason: 'PACK_LIMIT' } });
});

test('a pack that needs too much processor time is rejected', async () => {
  const rejection = { message: 'the pack needs too much processor time or memory', details: { reason: 'PACK_LIMIT' } };

  await expect(readWith(writeProgram('for (;;);'))).rejects.toMatchObject(rejection);
});

test('a rejection of the process keeps code, message and details', async () => {
  const rejected = { code: 'UNPROCESSABLE_ENTITY', message: 'no ref', details: { path: 'pack.yaml', at: [1, null] } };
  const reply = JSON.stringify({ rejected, usedMs: 0 });

  const read = readWith(writeProgram(`process.stdin.once('data', () => console.log(${JSON.stringify(reply)}));`));

  await expect(read).rejects.toMatchObject(rejected);
});

test('an archive that needs too much memory is rejected', async () => {
  const program = writeProgram('const kept = []; for (;;) kept.push(Array(10_000).fill(kept.length));');

  await expect(unpackWith(program)).rejects.toMatchObject({ code: 'BAD_REQUEST', details: { reason: 'PACK_LIMIT' } });
});

test('the process gets the request and none of the secrets of the platform', async () => {
  process.env.PLATFORM_TOKEN_SECRET = 'planted';
  try {
    const program = writeReplying(
      '[process.argv[2], line, Object.keys(process.env).includes("PLATFORM_TOKEN_SECRET")].join()',
    );
    expect(await unpackWith(program)).toBe(
      'read-packs,{"kind":"unpack","archive":"/no/archive","into":"/no/directory"},false',
    );
  } finally {
    delete process.env.PLATFORM_TOKEN_SECRET;
  }
});

test('one process unpacks archives in turn, two unpack archives at once', async () => {
  const program = writeReplying('String(process.pid)');
  const kept = { ...LIMITS, keptSeconds: 60 };
  const unpack = () => unpackWith(program, undefined, kept);

  const [first, second] = [await unpack(), await unpack()];
  const atOnce = await Promise.all([unpack(), unpack()]);

  expect(second).toBe(first);
  expect(new Set(atOnce)).toHaveProperty('size', 2);
  expect(atOnce).toContain(first);
  process.kill(Number(first), 'SIGKILL');
  await until(
    toBeTrue('the process to end', () => !isRunning(first)),
    performance.now() + 20_000,
  );
  expect(await Promise.all([unpack(), unpack()])).not.toContain(first);
});

test('a process ends when no archive follows, or after its share of time', async () => {
  const idle = await unpackWith(writeReplying('String(process.pid)'));
  const used = await unpackWith(writeReplying('String(process.pid)', 1_001), undefined, {
    ...LIMITS,
    keptSeconds: 60,
  });

  await until(
    toBeTrue('both processes to end', () => !isRunning(idle) && !isRunning(used)),
    performance.now() + 20_000,
  );
});

test('a fault of the program is no rejection of the archive', async () => {
  await expect(unpackWith(writeProgram('throw new Error("disk")'))).rejects.toThrow('could not be unpacked');
  await expect(readWith(writeProgram('throw new Error("disk")'))).rejects.toThrow('the pack could not be read: ');
});

test('the process ends when the client disconnects', async () => {
  const pidFile = join(directory, 'pid');
  const program = writeProgram(
    `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const client = new AbortController();

  const unpacked = unpackWith(program, client.signal).catch((error: unknown) => error);
  await until(
    toBeTrue('the process to run', () => existsSync(pidFile)),
    performance.now() + 20_000,
  );
  client.abort(new Error('disconnected'));

  expect(await unpacked).toEqual(new Error('disconnected'));
  const pid = readFileSync(pidFile, 'utf8');
  await until(
    toBeTrue('the process to end', () => !isRunning(pid)),
    performance.now() + 20_000,
  );
});

const toBeTrue = (name: string, look: () => boolean) => ({
  name,
  check: () =>
    Promise.resolve(look() ? { is: 'met' as const, value: true } : { is: 'pending' as const, why: 'not yet' }),
});

test('environments of tests that a killed platform ran are removed', async () => {
  const own = join(directory, 'environments', '1');
  const [tested, installed] = [join(own, 'pack-test%2e7'), join(own, 'pack-test')];
  for (const path of [tested, installed]) mkdirSync(join(path, 'python'), { recursive: true });

  await removeTestEnvironments({ directory });

  expect([existsSync(tested), existsSync(installed)]).toEqual([false, true]);
  await expect(removeTestEnvironments({ directory: join(directory, 'nothing') })).resolves.toBeUndefined();
});
