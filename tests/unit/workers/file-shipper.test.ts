import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { JsonObject } from '../../../contract/json';
import { removeTree } from '../../../platform/files/remove-tree';
import { PART_BYTES, type FileReply } from '../../../platform/workers/rpc/standalone-protocol';
import { FileShipper } from '../../../platform/workers/standalone/worker/file-shipper';
import { nestDirectories } from '../files/deep-tree';
import { testDirectory } from '../../test-directory';

const ATTEMPT = { fencingToken: 7, tenant: 1, execution: 41, attempt: 2, secrets: ['hunter2'] };
const SIZE = PART_BYTES + 2;

let directory: string;
let written: string;
beforeEach(() => {
  directory = testDirectory();
  written = join(directory, 'artifacts/1/41.2');
  mkdirSync(written, { recursive: true });
});
afterEach(() => removeTree(directory));

type Replies = Partial<Record<'writeFile' | 'storeFile', (offset: number) => FileReply>>;

/** A platform for which the version `report/v1.txt` is reserved. */
function openShipper({ writeFile, storeFile }: Replies = {}) {
  const calls: string[] = [];
  const entries: JsonObject[] = [];
  let received = 0;
  const shipper = new FileShipper({
    directory,
    log: pino({ level: 'silent' }),
    access: {
      listReservedFiles: () => {
        calls.push('list');
        return Promise.resolve([{ version: 3, path: 'report/v1.txt' }]);
      },
      writeFile: (_token, _file, offset, base64) => {
        calls.push(`write ${offset}`);
        received = offset + Buffer.from(base64, 'base64').length;
        return Promise.resolve(writeFile ? writeFile(offset) : { received, isStored: false });
      },
      storeFile: () => {
        calls.push('store');
        return Promise.resolve(storeFile ? storeFile(received) : { received, isStored: true });
      },
      appendAttemptLog: (_token, _type, payload) => Promise.resolve(void entries.push(payload)),
    },
  });
  return { shipper, calls, entries };
}

function write(path: string, text: string): void {
  mkdirSync(join(written, path, '..'), { recursive: true });
  writeFileSync(join(written, path), text);
}

test('an attempt that has written nothing needs no call', async () => {
  const { shipper, calls } = openShipper();

  await shipper.send(ATTEMPT);

  expect(calls).toEqual([]);
});

test('a file is sent in parts, from where the platform has them, then stored', async () => {
  write('report/v1.txt', 'x'.repeat(SIZE));
  let isRestarted = false;
  const { shipper, calls, entries } = openShipper({
    storeFile: () => {
      const reply = { received: isRestarted ? SIZE : 0, isStored: isRestarted };
      isRestarted = true;
      return reply;
    },
  });

  await shipper.send(ATTEMPT);

  const parts = ['write 0', `write ${PART_BYTES}`, 'store'];
  expect(calls).toEqual(['list', ...parts, ...parts]);
  expect(entries).toEqual([]);
});

test('the reason of the platform is logged, and the attempt goes on', async () => {
  write('report/v1.txt', 'x');
  const { shipper, calls, entries } = openShipper({ writeFile: () => ({ rejected: 'too much' }) });

  await shipper.send(ATTEMPT);

  expect(calls).toEqual(['list', 'write 0']);
  expect(entries).toEqual([{ code: 'ARTIFACT_FILE_NOT_SENT', path: 'report/v1.txt', problem: 'too much' }]);
});

test('nothing is sent or logged when the lease is lost', async () => {
  write('report/v1.txt', 'x');
  write('other', 'x');
  const { shipper, calls, entries } = openShipper({ writeFile: () => null });

  await shipper.send(ATTEMPT);

  expect(calls).toEqual(['list', 'write 0']);
  expect(entries).toEqual([]);
});

test('names of files without a version are redacted', async () => {
  write('named hunter2', 'x');
  const { shipper, entries } = openShipper();

  await shipper.send(ATTEMPT);

  expect(entries).toMatchObject([{ code: 'ARTIFACT_FILE_NOT_SENT', paths: [expect.not.stringContaining('hunter2')] }]);
});

test('a link in the way of a file is not followed', async () => {
  mkdirSync(join(directory, 'elsewhere'));
  writeFileSync(join(directory, 'elsewhere/v1.txt'), 'secret');
  symlinkSync(join(directory, 'elsewhere'), join(written, 'report'));
  const { shipper, calls, entries } = openShipper();

  await shipper.send(ATTEMPT);
  await shipper.remove(ATTEMPT);

  expect(calls).toEqual(['list']);
  expect(entries).toMatchObject([{ paths: ['report'] }]);
  expect(existsSync(written)).toBe(false);
  expect(existsSync(join(directory, 'elsewhere/v1.txt'))).toBe(true);
});

test('a directory that was exchanged for a link is not followed', async () => {
  mkdirSync(join(directory, 'elsewhere/report'), { recursive: true });
  writeFileSync(join(directory, 'elsewhere/report/v1.txt'), 'secret');
  rmSync(written, { recursive: true });
  symlinkSync(join(directory, 'elsewhere'), written);
  const { shipper, calls } = openShipper();

  await shipper.send(ATTEMPT);
  await shipper.remove(ATTEMPT);

  expect(calls).toEqual([]);
  expect(existsSync(join(directory, 'elsewhere/report/v1.txt'))).toBe(true);
});

test('the files of an attempt are removed at any depth', async () => {
  nestDirectories(written);
  const { shipper } = openShipper();

  await shipper.remove(ATTEMPT);

  expect(readdirSync(join(directory, 'artifacts/1'))).toEqual([]);
});

test('a link in place of the directory of an attempt is not followed', async () => {
  rmSync(written, { recursive: true });
  mkdirSync(join(directory, 'other'));
  writeFileSync(join(directory, 'other/kept'), '');
  symlinkSync(join(directory, 'other'), written);
  const { shipper } = openShipper();

  await shipper.remove(ATTEMPT);

  expect([readdirSync(join(directory, 'artifacts/1')), readdirSync(join(directory, 'other'))]).toEqual([[], ['kept']]);
});
