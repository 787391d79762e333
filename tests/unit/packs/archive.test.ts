import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { unpackArchive } from '../../../platform/packs/sources/archive';
import { writeTestArchive, type ArchiveEntry } from './test-archive';
import { testDirectory } from '../../test-directory';

let directory: string;
let into: string;
beforeEach(() => {
  directory = testDirectory();
  into = join(directory, 'into');
  mkdirSync(into);
});

const MANIFEST: ArchiveEntry = { path: 'pack.yaml', text: 'ref: demo\nversion: 1.0.0\n' };
const unpackEntries = async (entries: Iterable<ArchiveEntry>) =>
  unpackArchive(await writeTestArchive(directory, entries), into);
const MIB = 1_024 * 1_024;

test('a pack at the top is unpacked with executable scripts', async () => {
  const root = await unpackEntries([
    { path: './', type: 'Directory', mode: 0o755 },
    { ...MANIFEST, path: './pack.yaml' },
    { path: './actions/run.sh', text: 'echo', mode: 0o755 },
  ]);

  expect(relative(into, root)).toBe('');
  expect(readFileSync(join(root, 'pack.yaml'), 'utf8')).toBe(MANIFEST.text);
  expect(statSync(join(root, 'actions/run.sh')).mode & 0o777).toBe(0o755);
});

test('a pack one directory down is found', async () => {
  const root = await unpackEntries([{ ...MANIFEST, path: 'demo/pack.yaml' }]);

  expect(relative(into, root)).toBe('demo');
});

test('extended headers are read', async () => {
  const name = `actions/${'long-'.repeat(40)}é.sh`;
  const source = join(directory, 'source');
  mkdirSync(join(source, 'actions'), { recursive: true });
  writeFileSync(join(source, 'pack.yaml'), MANIFEST.text!);
  writeFileSync(join(source, name), 'echo');
  const archive = join(directory, 'pax.tar.gz');
  await create({ file: archive, gzip: true, cwd: source, portable: false }, ['.']);

  const root = await unpackArchive(archive, into);

  expect(readFileSync(join(root, name), 'utf8')).toBe('echo');
});

/** The link target stands in the extended header, where a plain file has none. */
const LINKED_BY_EXTENDED_HEADER: ArchiveEntry = { path: 'l', text: 'x', extended: 'linkpath=../../outside' };

const file = (path: string): ArchiveEntry => ({ path, text: 'x' });

test.each<[string, string, ArchiveEntry[]]>([
  ['a path that starts with ..', 'PACK_UNSAFE_PATH', [file('../x')]],
  ['a path with .. inside', 'PACK_UNSAFE_PATH', [file('demo/../sibling/x')]],
  ['an absolute path', 'PACK_UNSAFE_PATH', [file('/etc/x')]],
  ['a drive letter', 'PACK_UNSAFE_PATH', [file('C:/x')]],
  ['a backslash', 'PACK_UNSAFE_PATH', [file('..\\x')]],
  ['look-alikes of dots', 'PACK_UNSAFE_PATH', [file('\u2024\u2024/x')]],
  ['a look-alike of a slash', 'PACK_UNSAFE_PATH', [file('..\uff0fx')]],
  ['a control character', 'PACK_UNSAFE_PATH', [file('a\nb')]],
  ['two names that differ in case', 'PACK_UNSAFE_PATH', [file('actions/a'), file('Actions/b')]],
  ['a duplicate name', 'PACK_UNSAFE_PATH', [file('actions/a'), file('actions/a')]],
  ['a file below a file', 'PACK_UNSAFE_PATH', [file('actions'), file('actions/a')]],
  ['a symbolic link', 'PACK_UNSAFE_ENTRY', [{ path: 'l', type: 'SymbolicLink', linkpath: 'pack.yaml' }]],
  ['a hard link', 'PACK_UNSAFE_ENTRY', [{ path: 'l', type: 'Link', linkpath: 'pack.yaml' }]],
  ['a device', 'PACK_UNSAFE_ENTRY', [{ path: 'd', type: 'CharacterDevice' }]],
  ['a pipe', 'PACK_UNSAFE_ENTRY', [{ path: 'p', type: 'FIFO' }]],
  ['a file with a link target in its extended header', 'PACK_UNSAFE_ENTRY', [LINKED_BY_EXTENDED_HEADER]],
  ['a setuid file', 'PACK_UNSAFE_ENTRY', [{ path: 's', text: 'x', mode: 0o4755 }]],
  ['a path of forty directories', 'PACK_LIMIT', [file('a/'.repeat(40) + 'x')]],
  ['a name of 300 bytes', 'PACK_LIMIT', [{ path: 'x', extended: `path=${'n'.repeat(300)}` }]],
  ['a file above 50 MiB', 'PACK_LIMIT', [{ path: 'big', zeros: 50 * MIB + 1 }]],
  ['100 MiB in all', 'PACK_LIMIT', [1, 2, 3].map((n) => ({ path: `big${n}`, zeros: 40 * MIB }))],
  ['10,001 entries', 'PACK_LIMIT', Array.from({ length: 10_000 }, (_, n) => file(`f${n}`))],
])('%s rejects the whole archive', async (_what, reason, entries) => {
  await expect(unpackEntries([MANIFEST, ...entries])).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    details: { reason },
  });

  expect(readdirSync(into)).toEqual([]);
});

test.each([
  ['a file that is not gzip', Buffer.from('not gzip at all')],
  ['an empty file', Buffer.alloc(0)],
  ['gzip of a file that is no tar', gzipSync('x'.repeat(2_000))],
  ['gzip within gzip', gzipSync(gzipSync(Buffer.alloc(2_048)))],
  ['an archive without entries', gzipSync(Buffer.alloc(1_024))],
  ['an archive cut short', gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60)],
])('%s is rejected as no archive', async (_what, bytes) => {
  const archive = join(directory, 'bad.tar.gz');
  writeFileSync(archive, bytes);

  await expect(unpackArchive(archive, into)).rejects.toMatchObject({ details: { reason: 'PACK_BAD_ARCHIVE' } });
});

test.each<[string, ArchiveEntry[]]>([
  ['without pack.yaml', [file('readme')]],
  ['with two packs in it', [file('a/pack.yaml'), file('b/pack.yaml')]],
  ['with pack.yaml two directories down', [file('a/b/pack.yaml')]],
])('an archive %s has no pack', async (_what, entries) => {
  await expect(unpackEntries(entries)).rejects.toMatchObject({ details: { reason: 'PACK_NO_MANIFEST' } });
});

test('zeros after the end of an archive are read in linear time', async () => {
  const archive = await writeTestArchive(directory, [MANIFEST], 110 * MIB);

  expect(await unpackArchive(archive, into)).toBe(into);
});
