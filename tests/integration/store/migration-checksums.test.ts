import type { Pool } from 'pg';
import { openPool } from '../../../platform/store/database/connection';
import { migrate } from '../../../platform/store/database/migrate';
import { readMigrations } from '../../../platform/store/database/sql-files';
import { spawnCli, waitForOutcome } from '../embedded/cli-process';
import { withDatabase } from '../database/with-database';

const APPLIED = '0005-events.sql';
const UNKNOWN = '9999-of-a-newer-version.sql';

const database = withDatabase();
let owner: Pool;
beforeAll(() => {
  owner = openPool(database().url, 1);
});
afterAll(() => owner.end());

/** Every column of every table, and when each file was applied. */
async function schema(): Promise<unknown> {
  const { rows } = await owner.query(
    `select attrelid::regclass::text as relation, attname, atttypid::regtype::text as type from pg_attribute
    where attrelid >= 16384 and attnum > 0 order by 1, attnum`,
  );
  return { columns: rows, ledger: (await owner.query('select name, applied from migration order by name')).rows };
}

const setChecksum = (checksum: string | null) =>
  owner.query('update migration set checksum = $1 where name = $2', [checksum, APPLIED]);

const restoreLedger = async () => {
  await owner.query('delete from migration where name = $1', [UNKNOWN]);
  await setChecksum(null);
  await migrate(database().url);
};
afterEach(restoreLedger);

test('the ledger has the checksum of every migration', async () => {
  const { rows } = await owner.query('select name, checksum from migration order by name');

  expect(rows).toEqual((await readMigrations()).map(({ name, checksum }) => ({ name, checksum })));
});

test('an edited migration is named before anything is changed', async () => {
  await setChecksum('of another text');
  const before = await schema();

  await expect(migrate(database().url)).rejects.toMatchObject({
    code: 'MIGRATION_MODIFIED',
    message: expect.stringContaining(`${APPLIED}: applied of another text, now `),
  });

  expect(await schema()).toEqual(before);
});

test('a missing migration is named before anything is changed', async () => {
  await owner.query(`insert into migration (name, checksum) values ($1, '')`, [UNKNOWN]);
  const before = await schema();

  await expect(migrate(database().url)).rejects.toThrow(`are missing: ${UNKNOWN}, applied by build unknown; `);

  expect(await schema()).toEqual(before);
});

test('a pending migration is not applied beside an edited one', async () => {
  const pending = (await readMigrations()).at(-1)!.name;
  const { rows } = await owner.query('delete from migration where name = $1 returning *', [pending]);
  await setChecksum('of another text');

  await expect(migrate(database().url)).rejects.toThrow(`were edited: ${APPLIED}: applied`);

  expect((await owner.query('select from migration where name = $1', [pending])).rowCount).toBe(0);
  const { name, applied, checksum } = rows[0] as { name: string; applied: string; checksum: string };
  await owner.query('insert into migration (name, applied, checksum) values ($1, $2, $3)', [name, applied, checksum]);
});

test('a ledger without checksums gets them', async () => {
  await owner.query('alter table migration drop column checksum');

  await migrate(database().url);

  const { rows } = await owner.query('select name, checksum from migration order by name');
  expect(rows).toEqual((await readMigrations()).map(({ name, checksum }) => ({ name, checksum })));
});

test('the platform exits with 3 on an edited migration', async () => {
  await setChecksum('of another text');

  const outcome = await waitForOutcome(spawnCli(['up', '--port', '0', '--database-url', database().url]));

  expect(outcome).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(new RegExp(`^tuningfork: MIGRATION_MODIFIED: .*${APPLIED}: applied of another text`)),
  });
});
