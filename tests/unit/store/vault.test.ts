import { openVault, UnsealFailed, type SealBinding } from '../../../platform/store/secrets/vault';

const binding: SealBinding = { tenant: 1, table: 'key', row: 7, column: 'value', version: 3 };
const vault = openVault('a secret of the tests');

test.each([['text'], [7.5], [null], [[1, '2']], [{ deep: { text: 'ü' } }]])(
  'unsealing %j returns the sealed value',
  (value) => {
    expect(vault.unseal(vault.seal(value, binding), binding)).toEqual(value);
  },
);

test('DS-01 the same value sealed twice gives different text', () => {
  expect(vault.seal('value', binding)).not.toBe(vault.seal('value', binding));
});

test.each<[string, Partial<SealBinding>]>([
  ['another tenant', { tenant: 2 }],
  ['another table', { table: 'execution' }],
  ['another row', { row: 8 }],
  ['another column', { column: 'name' }],
  ['an older version', { version: 2 }],
])('DS-02 a sealed value cannot be unsealed in %s', (_title, otherBinding) => {
  expect(() => vault.unseal(vault.seal('value', binding), { ...binding, ...otherBinding })).toThrow(UnsealFailed);
});

test('a value cannot be unsealed under another key', () => {
  expect(() => openVault('another secret').unseal(vault.seal('value', binding), binding)).toThrow(UnsealFailed);
});

test('DS-02 a changed or shortened text cannot be unsealed', () => {
  const bytes = Buffer.from(vault.seal('value', binding), 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(() => vault.unseal(changed.toString('base64'), binding)).toThrow(UnsealFailed);
    expect(() => vault.unseal(bytes.subarray(0, at).toString('base64'), binding)).toThrow(UnsealFailed);
  }
});
