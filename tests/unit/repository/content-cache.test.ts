import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { draftOf, removeOld, storeCached } from '../../../bin/content-cache';

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
