import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PackStore } from '../../../platform/workers/standalone/worker/pack-store';
import { testDirectory } from '../../test-directory';

let directory: string;
beforeEach(() => (directory = testDirectory()));

/** A store whose platform has these bytes, in parts of two. */
function openStore(archive: Buffer | null) {
  const offsets: number[] = [];
  const store = new PackStore({
    directory,
    temporaryDirectory: join(directory, 'tmp'),
    stop: new AbortController().signal,
    program: { path: '/nonexistent', modules: '' },
    access: {
      readPack: (_token, offset) => {
        offsets.push(offset);
        const part = archive && {
          base64: archive.subarray(offset, offset + 2).toString('base64'),
          size: archive.length,
        };
        return Promise.resolve(part);
      },
    },
  });
  return { store, offsets };
}

const pack = (digest: string) => ({ fencingToken: 7, tenant: 1, digest });
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('files with another digest are not unpacked', async () => {
  const { store, offsets } = openStore(Buffer.from('abcde'));
  const expected = digestOf(Buffer.from('abcdf'));

  const problem = await store.fetch(pack(expected), new Set());

  const found = digestOf(Buffer.from('abcde'));
  const message = `the files of its pack have the digest ${found}, and the attempt names ${expected}`;
  expect(problem).toBe(`PACK_DIGEST_MISMATCH: ${message}`);
  expect(offsets).toEqual([0, 2, 4]);
  expect(existsSync(store.pathOf(pack(expected)))).toBe(false);
  expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
});

test('what cannot be unpacked leaves no file', async () => {
  const bytes = Buffer.from('no archive');
  const { store } = openStore(bytes);

  const problem = await store.fetch(pack(digestOf(bytes)), new Set());

  expect(problem).toMatch(/^PACK_NOT_AVAILABLE: its pack cannot be unpacked: /);
  expect(existsSync(store.pathOf(pack(digestOf(bytes))))).toBe(false);
  expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
});

test('a pack of a lost lease is not fetched', async () => {
  const { store } = openStore(null);

  expect(await store.fetch(pack('0'.repeat(64)), new Set())).toMatch(/^PACK_NOT_AVAILABLE: the lease was lost/);
});
