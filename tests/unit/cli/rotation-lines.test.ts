import { ProgressPrinter, resultLines, unreadableLine } from '../../../cli/rotation/rotation-lines';
import type { SealBinding } from '../../../platform/store/secrets/vault';

const GENERATED = { encryptionKey: null, formerEncryptionKey: null };

test('each column has a line at its end, and one for each 10,000 values', () => {
  const lines: string[] = [];
  const progress = new ProgressPrinter((line) => lines.push(line));
  const read = (values: number, resealed: number) => ({ values, resealed });

  for (const values of [9_900, 10_100, 20_000, 20_100, 20_300])
    progress.onBatch({ table: 'key', column: 'value' }, read(values, values - 1));
  progress.onBatch({ table: 'execution', column: 'secret_values' }, read(7, 0));
  progress.end();
  progress.onBatch({ table: 'key', column: 'value' }, read(10_000, 0));
  progress.end();
  for (let pass = 1; pass <= 2; pass++) progress.onBatch({ table: 'pack_index', column: 'headers' }, read(1, 2 - pass));
  progress.end();

  expect(lines).toEqual([
    'key.value: 10100 read, 10099 sealed again',
    'key.value: 20100 read, 20099 sealed again',
    'key.value: 20300 read, 20299 sealed again',
    'execution.secret_values: 7 read, 0 sealed again',
    'key.value: 10000 read, 0 sealed again',
    'pack_index.headers: 1 read, 1 sealed again',
    'pack_index.headers: 1 read, 0 sealed again',
  ]);
});

test('the result names what has no use any more', () => {
  const counts = { values: 7, resealed: 5 };
  const given = { encryptionKey: 'new', formerEncryptionKey: 'old' };
  const sealed = '7 values are sealed under the encryption key, 5 of them by this run.';

  expect(resultLines({ ...counts, removedKeys: 0 }, GENERATED)).toEqual([sealed]);
  expect(resultLines({ ...counts, removedKeys: 1 }, GENERATED)).toEqual([
    sealed,
    'The former key of the database is removed.',
  ]);
  expect(resultLines({ ...counts, removedKeys: 2 }, given)).toEqual([
    sealed,
    '2 former keys of the database are removed.',
    'PLATFORM_FORMER_ENCRYPTION_KEY has no use any more: remove it.',
  ]);
});

test('the line about unreadable values names the first five places', () => {
  const places = [1, 2, 3, 4, 5, 6, 7].map((row): SealBinding => ({ tenant: 2, table: 'key', column: 'value', row }));

  expect(unreadableLine(places.slice(0, 1))).toBe(
    'VALUES_UNREADABLE: none of the keys opens key.value of row 1 (tenant 2); former keys are kept: give the key that ' +
      'sealed them in PLATFORM_FORMER_ENCRYPTION_KEY, or write or delete them, and run it again',
  );
  expect(unreadableLine(places)).toContain('key.value of row 5 (tenant 2) and 2 more; ');
});
