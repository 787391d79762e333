import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { rowIdsOf } from './row-titles';
import { testFiles } from '../test-files';

const ROOT = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const ROWS = (JSON.parse(read('tests/attack-rows.json')) as [string, string][]).map(([id]) => id);
/** The number of the last row of each area: a row that is lost from the list is a failure. */
const LAST = { AU: 7, AZ: 12, IN: 8, TP: 6, PK: 7, RT: 13, WH: 6, SS: 4, WS: 5, DS: 6, CR: 7, DU: 12, LD: 4, SC: 4 };

const tested = new Set(testFiles().flatMap((file) => rowIdsOf(read(file))));

/** Lines `| XX-01 | No test: … |` and `| XX-01 | Partly: … |` of the page. */
const remarks = [...read('docs/security.md').matchAll(/^\| ([A-Z]{2}-\d{2}) \| (No test|Partly): \S/gm)].map(
  ([, id = '', kind = '']) => ({ id, kind }),
);
const remarked = (kind: string): string[] => remarks.filter((remark) => remark.kind === kind).map(({ id }) => id);

test('the list has every row of every area once', () => {
  const expected = Object.entries(LAST).flatMap(([area, last]) =>
    Array.from({ length: last }, (_, n) => `${area}-${String(n + 1).padStart(2, '0')}`),
  );
  expect([...ROWS].sort()).toEqual(expected.sort());
});

test('every row has a test or the reason why it has none', () => {
  const reasons = new Set(remarked('No test'));
  expect(ROWS.filter((id) => !tested.has(id) && !reasons.has(id))).toEqual([]);
});

test('every test and every remark names a row of the list', () => {
  expect([...tested, ...remarks.map(({ id }) => id)].filter((id) => !ROWS.includes(id))).toEqual([]);
});

test('no row has two remarks, and no remark is out of date', () => {
  const ids = remarks.map(({ id }) => id);
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  expect(remarked('No test').filter((id) => tested.has(id))).toEqual([]);
  expect(remarked('Partly').filter((id) => !tested.has(id))).toEqual([]);
});

test('ids are read from the titles of active tests only', () => {
  const source = `
test('DU-01 one fact', () => {});
test.each([1])('CR-01 CR-02 two rows', () => {});
testNeeding('x')('IN-05: a colon', () => {});
test.skip('DU-03 not run', () => {});
test.todo('DU-04 not written');
expect('DU-06 text').toBe(1);
const text = "test('DU-07 in a text', () => {})";
`;
  expect(rowIdsOf(source)).toEqual(['DU-01', 'CR-01', 'CR-02', 'IN-05']);
});
