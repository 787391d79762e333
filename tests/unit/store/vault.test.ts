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

test.each<[string, SealBinding]>([
  ['another tenant', { ...binding, tenant: 2 }],
  ['another row', { ...binding, row: 8 }],
  ['an older version', { ...binding, version: 2 }],
])('DS-02 a sealed value cannot be unsealed in %s', (_title, otherBinding) => {
  expect(() => vault.unseal(vault.seal('value', binding), otherBinding)).toThrow(UnsealFailed);
});

test('DS-02 a sealed value cannot be unsealed in another column or table', () => {
  const parameters: SealBinding = { tenant: 1, table: 'execution', row: 7, column: 'secret_values' };
  const sealed = vault.seal('value', parameters);

  expect(vault.unseal(sealed, parameters)).toBe('value');
  expect(() => vault.unseal(sealed, { ...parameters, column: 'result_secrets' })).toThrow(UnsealFailed);
  expect(() => vault.unseal(sealed, { ...parameters, table: 'workflow_execution' })).toThrow(UnsealFailed);
});

test('a value cannot be unsealed under another key', () => {
  expect(() => openVault('another secret').unseal(vault.seal('value', binding), binding)).toThrow(UnsealFailed);
});

test('DS-02 the values that a vault could not unseal are counted', () => {
  const own = openVault('a secret of the tests');
  const sealed = own.seal('value', binding);
  own.unseal(sealed, binding);
  for (const row of [8, 9]) expect(() => own.unseal(sealed, { ...binding, row })).toThrow(UnsealFailed);

  expect(own.unsealFailures()).toBe(2);
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

test('DS-01 a vault unseals what former keys sealed, and seals under its own', () => {
  const rotated = openVault('a new secret', ['another secret', 'a secret of the tests']);

  expect(rotated.unseal(vault.seal('earlier', binding), binding)).toBe('earlier');
  expect(rotated.unseal(openVault('another secret').seal('later', binding), binding)).toBe('later');
  const sealed = rotated.seal('now', binding);
  expect(openVault('a new secret').unseal(sealed, binding)).toBe('now');
  expect(() => vault.unseal(sealed, binding)).toThrow(UnsealFailed);
});

test('DS-01 a text of a former key is sealed again for the same place', () => {
  const value = { deep: ['ü', 1.5, null] };
  const resealed = openVault('a new secret', ['a secret of the tests']).reseal(vault.seal(value, binding), binding)!;

  expect(openVault('a new secret').unseal(resealed, binding)).toEqual(value);
  expect(() => vault.unseal(resealed, binding)).toThrow(UnsealFailed);
  expect(() => openVault('a new secret').unseal(resealed, { ...binding, row: 8 })).toThrow(UnsealFailed);
});

test('DS-01 a text of the key is not sealed again', () => {
  expect(vault.reseal(vault.seal('value', binding), binding)).toBeNull();
  expect(openVault('a secret of the tests', ['another secret']).reseal(vault.seal(1, binding), binding)).toBeNull();
});

test('DS-02 a text of another place, or of no known key, is not sealed again', () => {
  const rotated = openVault('a new secret', ['a secret of the tests']);

  expect(() => rotated.reseal(vault.seal('value', { ...binding, row: 8 }), binding)).toThrow(UnsealFailed);
  expect(() => rotated.reseal(openVault('another secret').seal('value', binding), binding)).toThrow(UnsealFailed);
  expect(() => rotated.reseal('', binding)).toThrow(UnsealFailed);
});
