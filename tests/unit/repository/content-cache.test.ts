import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { draftOf, rememberedDigest, removeOld, sourceDigest, storeCached } from '../../../bin/content-cache';

const HOUR_S = 3_600;

let path: string;
let remove: () => void;

beforeEach(() => {
  ({ name: path, removeCallback: remove } = dirSync({ unsafeCleanup: true }));
});
afterEach(() => remove());

/** Files of a directory, each written an hour after the one before; the last one now. */
function writeHourly(names: readonly string[]): void {
  names.forEach((name, n) => {
    writeFileSync(join(path, name), '');
    const writtenAt = Date.now() / 1_000 - (names.length - 1 - n) * HOUR_S;
    utimesSync(join(path, name), writtenAt, writtenAt);
  });
}

test('the newest files of a cache are kept', () => {
  writeHourly(['a', 'b', 'c']);

  storeCached(join(path, 'd'), 'new', 2);

  expect(readdirSync(path).sort()).toEqual(['c', 'd']);
});

test('a draft of another writer is kept until it is left over', () => {
  const drafts = ['left-over', 'recent'].map((writer) => draftOf(join(path, 'a.tar'), writer).slice(path.length + 1));
  writeHourly([drafts[0]!, 'old', 'new', drafts[1]!]);

  removeOld(path, 1);

  expect(readdirSync(path).sort()).toEqual([drafts[1], 'new']);
});

describe('a remembered digest', () => {
  const digests = () => join(path, 'node_modules/.cache/tuningfork/digests');
  const remembered = () => rememberedDigest(path, ['sources']);
  const read = () => sourceDigest(path, ['sources']);

  beforeEach(() => {
    mkdirSync(join(path, 'sources/below'), { recursive: true });
    writeFileSync(join(path, 'sources/below/a.ts'), 'first');
  });
  afterEach(() => jest.restoreAllMocks());

  /** Files that were just written count as settled. */
  const later = () => jest.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR_S * 1_000);

  test('is that of the contents, and is stored once', () => {
    later();
    expect([remembered(), remembered()]).toEqual([read(), read()]);
    expect(readdirSync(digests())).toHaveLength(1);
  });

  test.each([
    ['a content of the same size and time', () => rewrite('later')],
    ['another file', () => writeFileSync(join(path, 'sources/b.ts'), '')],
    ['another name', () => renameSync(join(path, 'sources/below/a.ts'), join(path, 'sources/below/b.ts'))],
  ])('is read again for %s', (_, change) => {
    later();
    const before = remembered();
    change();
    expect(remembered()).toBe(read());
    expect(remembered()).not.toBe(before);
  });

  test('is not stored of a file that has just changed', () => {
    expect(remembered()).toBe(read());
    expect(() => readdirSync(digests())).toThrow('ENOENT');
  });

  test('is read again where what was stored is damaged', () => {
    later();
    remembered();
    const [name] = readdirSync(digests());
    writeFileSync(join(digests(), name!), 'damaged');
    expect(remembered()).toBe(read());
    expect(readFileSync(join(digests(), name!), 'utf8')).toBe(read());
  });

  function rewrite(content: string): void {
    const file = join(path, 'sources/below/a.ts');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, content);
    utimesSync(file, atime, mtime);
  }
});
