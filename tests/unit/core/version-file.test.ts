import type { ArtifactType } from '../../../contract/artifacts';
import { contentBytes } from '../../../platform/core/data/json-content';
import { fileExtension, versionFilePath } from '../../../platform/core/data/version-file';

test.each<[string, string | null]>([
  ['demo.report', 'demo/report/v3.txt'],
  ['demo.act.stdout', 'demo/act/stdout/v3.txt'],
  ['plain', 'plain/v3.txt'],
  ['with space.ü', 'with space/ü/v3.txt'],
  ['a/b', null],
  ['..', null],
  ['a..b', null],
  ['.hidden', null],
  ['end.', null],
  ['../../etc', null],
  [`a.${'b'.repeat(256)}`, null],
])('the file of version 3 of %s is %s', (ref, path) => {
  expect(versionFilePath(ref, 3, 'txt')).toBe(path);
});

test.each<[ArtifactType, string | null, string]>([
  ['file_text', null, 'txt'],
  ['file_datatable', null, 'csv'],
  ['file_image', null, 'png'],
  ['file_binary', null, 'bin'],
  ['file_text', 'application/json', 'json'],
  ['file_binary', 'Text/CSV; charset=utf-8', 'csv'],
  ['file_image', 'image/unknown', 'bin'],
])('the extension of a %s of the type %s is %s', (type, contentType, extension) => {
  expect(fileExtension(type, contentType)).toBe(extension);
});

test('a text of a text type is its own content, any other value is JSON', () => {
  expect(String(contentBytes('a "b"', 'text/plain'))).toBe('a "b"');
  expect(String(contentBytes('a', 'application/json'))).toBe('"a"');
  expect(String(contentBytes({ a: 1 }, 'text/plain'))).toBe('{"a":1}');
});
