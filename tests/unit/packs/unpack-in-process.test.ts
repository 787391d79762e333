import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../helpers/scenario/polling';
import { unpackInProcess } from '../../../platform/packs/sources/unpack-in-process';
import { removeInterruptedUploads, removeTestEnvironments } from '../../../platform/packs/storage/interrupted-uploads';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'unpack-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const writeProgram = (text: string): string => {
  const program = join(directory, 'program.cjs');
  writeFileSync(program, text);
  return program;
};
const unpackWith = (program: string, signal = new AbortController().signal) =>
  unpackInProcess('/no/archive', '/no/directory', {
    program: { path: program, modules: '' },
    signal,
    limits: { processorSeconds: 1, heapMib: 64, dataMib: 1_024 },
  });

test('an archive that needs too much processor time is rejected', async () => {
  const program = writeProgram('for (;;);');

  await expect(unpackWith(program)).rejects.toMatchObject({ code: 'BAD_REQUEST', details: { reason: 'PACK_LIMIT' } });
});

test('an archive that needs too much memory is rejected', async () => {
  const program = writeProgram('const kept = []; for (;;) kept.push(Array(10_000).fill(kept.length));');

  await expect(unpackWith(program)).rejects.toMatchObject({ code: 'BAD_REQUEST', details: { reason: 'PACK_LIMIT' } });
});

test('the process gets its arguments and none of the secrets of the platform', async () => {
  process.env.PLATFORM_TOKEN_SECRET = 'planted';
  const program = writeProgram(
    'const root = [...process.argv.slice(2), Object.keys(process.env).includes("PLATFORM_TOKEN_SECRET")].join();' +
      'process.stdout.write(JSON.stringify({ root }));',
  );
  try {
    expect(await unpackWith(program)).toBe('unpack-archive,/no/archive,/no/directory,false');
  } finally {
    delete process.env.PLATFORM_TOKEN_SECRET;
  }
});

test('a fault of the program is no rejection of the archive', async () => {
  await expect(unpackWith(writeProgram('throw new Error("disk")'))).rejects.toThrow('could not be unpacked');
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
    toBeTrue('the process to end', () => !existsSync(`/proc/${pid}/exe`)),
    performance.now() + 20_000,
  );
});

const toBeTrue = (name: string, look: () => boolean) => ({
  name,
  check: () =>
    Promise.resolve(look() ? { is: 'met' as const, value: true } : { is: 'pending' as const, why: 'not yet' }),
});

test('directories of interrupted uploads are removed, and packs are kept', async () => {
  for (const path of ['1/.upload-a/files', '1/.fetch-b', '2/.staging-c', '1/demo/1.0.0']) {
    mkdirSync(join(directory, path), { recursive: true });
    writeFileSync(join(directory, path, 'file'), 'x');
  }

  await removeInterruptedUploads(directory);

  expect(readdirSync(directory).map((tenant) => readdirSync(join(directory, tenant)))).toEqual([['demo'], []]);
  await expect(removeInterruptedUploads(join(directory, 'nothing'))).resolves.toBeUndefined();
});

test('environments of tests that a killed platform ran are removed', async () => {
  const own = join(directory, 'environments', '1');
  const [tested, installed] = [join(own, 'pack-test%2e7'), join(own, 'pack-test')];
  for (const path of [tested, installed]) mkdirSync(join(path, 'python'), { recursive: true });

  await removeTestEnvironments({ directory });

  expect([existsSync(tested), existsSync(installed)]).toEqual([false, true]);
  await expect(removeTestEnvironments({ directory: join(directory, 'nothing') })).resolves.toBeUndefined();
});
