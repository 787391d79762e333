import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { removeInterruptedUploads } from '../../../platform/packs/storage/interrupted-uploads';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();
let home: string;
beforeAll(() => {
  home = join(testApi().packsDirectory, '1');
});

const register = (ref: string) => {
  const path = writeFiles(join(testApi().scratch, 'sources', ref), { 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n` });
  return testApi().send(
    { method: 'POST', url: '/api/v1/packs/register', payload: { path, force: true } },
    testApi().admin,
  );
};
const storageOf = async (ref: string) =>
  (await testApi().owner.query<{ storage: string }>('select storage from pack where ref = $1', [ref])).rows[0]!.storage;
const start = () => removeInterruptedUploads(testApi().db, testApi().packsDirectory);

test('directories of interrupted uploads are removed, and packs are kept', async () => {
  await register('kept');
  for (const path of ['1/.upload-a/files', '1/.fetch-b', '2/.staging-c']) {
    mkdirSync(join(testApi().packsDirectory, path), { recursive: true });
    writeFileSync(join(testApi().packsDirectory, path, 'file'), 'x');
  }

  await start();

  expect([readdirSync(home), readdirSync(join(testApi().packsDirectory, '2'))]).toEqual([['kept'], []]);
  await expect(removeInterruptedUploads(testApi().db, join(home, 'nothing'))).resolves.toBeUndefined();
});

/**
 * Registers the pack. Returns the names in the directory of the tenant while its files are moved
 * and its row is not committed, and where the files are.
 */
async function registerWatched(ref: string): Promise<{ readonly names: string[]; readonly stored: string }> {
  const { owner } = testApi();
  let [names, stored]: [string[], string] = [[], ''];
  await owner.query(`create or replace function watched() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock(77); return new; end $$`);
  await owner.query(`create trigger watched before insert on pack for each row execute function watched()`);
  const lock = await owner.connect();
  try {
    await lock.query('select pg_advisory_lock(77)');
    const registering = register(ref);
    for (;;) {
      const { rowCount } = await owner.query(`select from pg_locks where locktype = 'advisory' and not granted`);
      if (rowCount! > 0) break;
    }
    names = readdirSync(home);
    stored = join(home, ref, readdirSync(join(home, ref))[0]!);
    await lock.query('select pg_advisory_unlock(77)');
    await registering;
  } finally {
    lock.release();
    await owner.query('drop trigger watched on pack');
  }
  return { names, stored };
}

test('DU-01 files of a pack whose registration was killed are removed', async () => {
  const { names, stored } = await registerWatched('half');
  const move = names.find((name) => name.startsWith('.move-'))!;
  expect(existsSync(join(home, move))).toBe(false); // it is registered
  // As a platform that is killed at this point leaves them.
  writeFileSync(join(home, move), relative(home, stored));
  await start();
  expect([existsSync(stored), existsSync(join(home, move))]).toEqual([true, false]);

  await testApi().owner.query(`delete from pack where ref = 'half'`);
  writeFileSync(join(home, move), relative(home, stored));
  await start();

  expect([existsSync(join(home, 'half')), existsSync(join(home, move))]).toEqual([false, false]);
  expect(existsSync(await storageOf('kept'))).toBe(true);
});
