import { openVault, SealBroken, type Binding } from '../../../platform/store/vault';

const place: Binding = { tenant: 1, table: 'key', row: 7, column: 'value', version: 3 };
const vault = openVault('a secret of the tests');

test.each([['text'], [7.5], [null], [[1, '2']], [{ deep: { text: 'ü' } }]])('%j comes back as it was', (value) => {
  expect(vault.unseal(vault.seal(value, place), place)).toEqual(value);
});

test('the same value sealed twice gives different text', () => {
  expect(vault.seal('value', place)).not.toBe(vault.seal('value', place));
});

test.each<[string, Partial<Binding>]>([
  ['another tenant', { tenant: 2 }],
  ['another table', { table: 'execution' }],
  ['another row', { row: 8 }],
  ['another column', { column: 'name' }],
  ['an older version', { version: 2 }],
])('what was sealed here does not open in %s', (_title, elsewhere) => {
  expect(() => vault.unseal(vault.seal('value', place), { ...place, ...elsewhere })).toThrow(SealBroken);
});

test('another key opens nothing', () => {
  expect(() => openVault('another secret').unseal(vault.seal('value', place), place)).toThrow(SealBroken);
});

test('no byte may be changed, and none may be missing', () => {
  const bytes = Buffer.from(vault.seal('value', place), 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => vault.unseal(changed.toString('base64'), place)).toThrow(SealBroken);
    expect(() => vault.unseal(bytes.subarray(0, at).toString('base64'), place)).toThrow(SealBroken);
  }
});
