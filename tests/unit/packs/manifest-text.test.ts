import { decodeManifest } from '../../../platform/packs/manifest-text';

const TEXT = 'six==1.16.0\nüber==1.0\n';
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16 of Windows', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16 with the high byte first', bigEndian(`\uFEFF${TEXT}`)],
])('%s is read', (_encoding, bytes) => {
  expect(decodeManifest(bytes)).toEqual({ text: TEXT, problem: null });
});

test.each([
  ['UTF-16 without a mark', Buffer.from('one\nsix', 'utf16le'), 'line 1 has a NUL character: save it as UTF-8'],
  ['a NUL further down', Buffer.from('one\ntwo\nth\0ree\n'), 'line 3 has a NUL character: save it as UTF-8'],
  ['Latin-1', Buffer.from('\xfcber==1.0\n', 'latin1'), 'it is not UTF-8: save it as UTF-8'],
  ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x61]), 'it is not UTF-16: save it as UTF-8'],
])('%s is refused', (_what, bytes, problem) => {
  expect(decodeManifest(bytes)).toEqual({ text: null, problem });
});
