import type { Client } from 'pg';
import { connectAlone } from '../../../../platform/store/database/stack/stack-membership';
import { loadEncryptionKeys } from '../../../../platform/store/secrets/encryption-keys';
import { APP_ROLE, type Database } from '../../../../platform/store/database/connection';
import { resealAll } from '../../../../platform/store/secrets/reseal';
import { openVault } from '../../../../platform/store/secrets/vault';
import { rotateEncryptionKey } from '../../../../platform/store/secrets/rotate-encryption-key';
import { findKey, updateKey } from '../../../../platform/store/secrets/keys';
import { withDatabase } from '../../database/with-database';
import { withOwner } from '../../database/with-owner';
import { readValues, TENANTS, VALUES_OF_TENANT, withKeys, writeValues, writtenValues } from './sealed-values';

const database = withDatabase();
const owner = withOwner(database);

const OLD = 'the old key';
const NEW = 'the new key';
const GIVEN = { encryptionKey: NEW, formerEncryptionKey: OLD };
const GENERATED = { encryptionKey: null, formerEncryptionKey: null };
const ALL = TENANTS.length * VALUES_OF_TENANT;

let session: Client;
beforeAll(async () => {
  await owner.query(`insert into tenant (id, slug, name) overriding system value values (2, 'o', 'o')`);
  await owner.query(`insert into stack_stamp (stack_id, opened_by) values ('s1', 'a1')`);
});
beforeEach(async () => {
  await owner.query('delete from execution');
  for (const table of ['key', 'trigger', 'pack_index', 'key_history', 'setting'])
    await owner.query(`delete from ${table}`);
  await withKeys(database().url, [OLD], writeValues);
  session = await connectAlone(database().url, 'rotation');
});
afterEach(() => session.end());

/** The values that a platform with these keys reads. */
const readWith = (...keys: [string, ...string[]]) => withKeys(database().url, keys, readValues);

/** Ends as a killed process does, after so many batches of one row. */
class Killed extends Error {}
function killedAfter(batches: number) {
  let left = batches;
  return {
    batchRows: 1,
    onBatch: () => {
      if (--left === 0) throw new Killed();
    },
  };
}
const TO_THE_END = { onBatch: () => undefined };

const settings = () => owner.query<{ name: string; value: string }>('select name, value from setting order by name');

test('DS-01 values of each column and tenant are read under the new key', async () => {
  expect(await readWith(OLD)).toEqual(writtenValues());

  const result = await rotateEncryptionKey(session, GIVEN, TO_THE_END);

  expect(result).toEqual({ values: ALL, resealed: ALL, unreadable: [], removedKeys: 0 });
  expect(await readWith(NEW)).toEqual(writtenValues());
});

test('DS-01 the old key opens none of the values afterwards', async () => {
  await rotateEncryptionKey(session, GIVEN, TO_THE_END);

  const lost = Object.fromEntries(
    Object.keys((writtenValues() as object[])[0]!).map((name) => [name, 'DECRYPT_FAILED']),
  );
  expect(await readWith(OLD)).toEqual(TENANTS.map((tenant) => ({ ...lost, clear: `clear of ${tenant}` })));
});

test.each(Array.from({ length: ALL }, (_, n) => n + 1))(
  'DS-01 killed after %d values, all are readable, a new run goes on',
  async (batches) => {
    await expect(rotateEncryptionKey(session, GIVEN, killedAfter(batches))).rejects.toThrow(Killed);
    expect(await readWith(NEW, OLD)).toEqual(writtenValues());

    const result = await rotateEncryptionKey(session, GIVEN, TO_THE_END);

    expect(result).toEqual({ values: ALL, resealed: ALL - batches, unreadable: [], removedKeys: 0 });
    expect(await readWith(NEW)).toEqual(writtenValues());
  },
);

test('DS-01 a generated key is replaced, kept until the end, and then removed', async () => {
  await owner.query(`insert into setting values ('encryption_key', $1)`, [OLD]);
  await expect(rotateEncryptionKey(session, GENERATED, killedAfter(3))).rejects.toThrow(Killed);
  const { current, former } = await loadEncryptionKeys(session, GENERATED);
  expect([current === OLD, former]).toEqual([false, [OLD]]);
  expect(await readWith(current, ...former)).toEqual(writtenValues());

  const result = await rotateEncryptionKey(session, GENERATED, TO_THE_END);

  expect(result).toEqual({ values: ALL, resealed: ALL - 3, unreadable: [], removedKeys: 1 });
  expect(await settings()).toEqual([{ name: 'encryption_key', value: current }]);
  expect(await readWith(current)).toEqual(writtenValues());
});

test('each rotation that has ended is followed by another generated key', async () => {
  await owner.query(`insert into setting values ('encryption_key', $1)`, [OLD]);
  await rotateEncryptionKey(session, GENERATED, TO_THE_END);
  const { current: second } = await loadEncryptionKeys(session, GENERATED);

  expect(await rotateEncryptionKey(session, GENERATED, TO_THE_END)).toMatchObject({ resealed: ALL, removedKeys: 1 });

  const { current: third } = await loadEncryptionKeys(session, GENERATED);
  expect(new Set([OLD, second, third]).size).toBe(3);
  expect(third).toMatch(/^[\w-]{43}$/);
});

test('a key that is given replaces the generated one, which is removed', async () => {
  await owner.query(`insert into setting values ('encryption_key', $1)`, [OLD]);
  const given = { encryptionKey: NEW, formerEncryptionKey: null };
  expect(await loadEncryptionKeys(session, given)).toEqual({ current: NEW, former: [OLD] });

  const result = await rotateEncryptionKey(session, given, TO_THE_END);

  expect(result).toEqual({ values: ALL, resealed: ALL, unreadable: [], removedKeys: 1 });
  expect(await settings()).toEqual([]);
});

test('a generated key replaces one that was given', async () => {
  const given = { encryptionKey: null, formerEncryptionKey: OLD };

  expect(await rotateEncryptionKey(session, given, TO_THE_END)).toMatchObject({ resealed: ALL, unreadable: [] });

  const { current } = await loadEncryptionKeys(session, GENERATED);
  expect(await readWith(current)).toEqual(writtenValues());
});

/** The session, where a platform with these keys writes a key before the first such statement. */
function writingBefore(statement: string, keys: [string, ...string[]]): Pick<Client, 'query'> {
  const query = session.query.bind(session) as (text: string, values?: unknown[]) => Promise<unknown>;
  const value = 'written meanwhile';
  const write = (db: Database) =>
    db.inTenant(1, async (transaction) => updateKey(transaction, (await findKey(transaction, 'sealed'))!, { value }));
  let isWritten = false;
  const racing = async (text: string, values?: unknown[]) => {
    if (text.startsWith(statement) && !isWritten) {
      isWritten = true;
      await withKeys(database().url, keys, write);
    }
    return query(text, values);
  };
  return { query: racing } as unknown as Pick<Client, 'query'>;
}

test.each([
  ['the new key, after it was read', 'update key ', NEW, OLD, ALL - 1],
  ['the former key, after its column', 'update pack_index ', OLD, NEW, ALL + 1],
])('DS-01 a value that is written under %s, is kept', async (_, statement, key, other, resealed) => {
  const result = await rotateEncryptionKey(writingBefore(statement, [key, other]), GIVEN, TO_THE_END);

  expect(result).toEqual({ values: ALL, resealed, unreadable: [], removedKeys: 0 });
  const [first, second] = writtenValues() as object[];
  expect(await readWith(NEW)).toEqual([{ ...first, key: 'written meanwhile' }, second]);
});

test('DS-02 a value that no key opens is left, named, and keeps former keys', async () => {
  await owner.query(`insert into setting values ('encryption_key', $1)`, [OLD]);
  const [lost] = await owner.query<{ id: number; headers: string }>(
    `update pack_index set headers = 'bG9zdA==' where tenant = 2 returning id, headers`,
  );

  const result = await rotateEncryptionKey(session, GENERATED, TO_THE_END);

  const place = { tenant: 2, table: 'pack_index', row: lost!.id, column: 'headers' };
  expect(result).toEqual({ values: ALL, resealed: ALL - 1, unreadable: [place], removedKeys: 0 });
  expect(await owner.query('select id, headers from pack_index where tenant = 2')).toEqual([lost]);
  expect((await loadEncryptionKeys(session, GENERATED)).former).toEqual([OLD]);
});

test('DS-01 a session from which a policy hides rows is refused', async () => {
  await session.query(`set role ${APP_ROLE}`);

  await expect(resealAll(session, openVault(NEW, [OLD]), TO_THE_END)).rejects.toThrow(
    'query would be affected by row-level security policy for table "key"',
  );
});

test('a rotation changes no version, no time and no history of a key', async () => {
  const state = () =>
    Promise.all([
      owner.query('select id, version, updated from key order by id'),
      owner.query('select * from key_history order by id'),
      owner.query('select id, updated from execution order by id'),
      owner.query('select * from execution_history order by id'),
    ]);
  const before = await state();

  await rotateEncryptionKey(session, GIVEN, TO_THE_END);

  expect(await state()).toEqual(before);
});

test('each batch reports what was read and sealed of its column', async () => {
  const batches: unknown[] = [];

  await rotateEncryptionKey(session, GIVEN, {
    batchRows: 1,
    onBatch: ({ table, column }, counts) => batches.push([`${table}.${column}`, counts.values, counts.resealed]),
  });

  expect(batches.slice(0, 4)).toEqual([
    ['key.value', 1, 1],
    ['key.value', 2, 2],
    ['execution.secret_values', 1, 1],
    ['execution.secret_values', 2, 2],
  ]);
  expect(batches.slice(ALL, ALL + 2)).toEqual([
    ['key.value', 1, 0],
    ['key.value', 2, 0],
  ]);
  expect(batches).toHaveLength(2 * ALL);
});
