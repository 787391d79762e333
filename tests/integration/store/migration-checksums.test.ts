import { migrate, migrateSet, readPlatformSet } from '../../../platform/store/database/migrate';
import { baselineChecksum } from '../../../platform/store/database/migration-ledger';
import { readMigrations, readSchema } from '../../../platform/store/database/sql-files';
import { spawnCli, waitForOutcome } from '../embedded/cli-process';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const UNKNOWN = '9999-of-a-newer-version.sql';

const database = withDatabase();
const owner = withOwner(database);

/** Every column of every table, and when each file was applied. */
async function schema(): Promise<unknown> {
  const columns = await owner.query(
    `select attrelid::regclass::text as relation, attname, atttypid::regtype::text as type from pg_attribute
    where attrelid >= 16384 and attnum > 0 order by 1, attnum`,
  );
  return { columns, ledger: await owner.query('select name, applied from migration order by name') };
}

const setBaseline = (checksum: string) =>
  owner.query(`update migration set checksum = $1 where name = 'baseline'`, [checksum]);

afterEach(async () => {
  await owner.query('delete from migration where name = $1', [UNKNOWN]);
  await setBaseline(baselineChecksum(await readSchema()));
});

test('the ledger has the checksums of the baseline and of every migration', async () => {
  const rows = await owner.query(`select name, checksum from migration order by name <> 'baseline', name`);

  expect(rows).toEqual([
    { name: 'baseline', checksum: baselineChecksum(await readSchema()) },
    ...(await readMigrations()).map(({ name, checksum }) => ({ name, checksum })),
  ]);
});

test('an edited baseline is named before anything is changed', async () => {
  await setBaseline('of another text');
  const before = await schema();

  await expect(migrate(database().url)).rejects.toMatchObject({
    code: 'MIGRATION_MODIFIED',
    message: expect.stringContaining('baseline: applied of another text, now '),
  });

  expect(await schema()).toEqual(before);
});

test.each([
  ['edited', ([first, ...others]) => [{ ...first!, checksum: 'of another text' }, ...others]],
  ['added', (files) => [...files, { name: '99-new.sql', text: '', checksum: '' }]],
  ['removed', (files) => files.slice(1)],
] satisfies [string, (files: Awaited<ReturnType<typeof readSchema>>) => unknown][])(
  'a file of the schema that was %s makes another baseline',
  async (_, change) => {
    const set = await readPlatformSet();

    await expect(migrateSet(database().url, { ...set, baseline: change([...set.baseline]) }, null)).rejects.toThrow(
      /^MIGRATION_MODIFIED: .*: baseline: applied [0-9a-f]{64}, now [0-9a-f]{64}; /,
    );
  },
);

test('a missing migration is named before anything is changed', async () => {
  await owner.query(`insert into migration (name, checksum) values ($1, '')`, [UNKNOWN]);
  const before = await schema();

  await expect(migrate(database().url)).rejects.toThrow(`are missing: ${UNKNOWN}, applied by build unknown; `);

  expect(await schema()).toEqual(before);
});

test('a pending migration is not applied beside an edited file', async () => {
  const set = await readPlatformSet();
  const pending = { name: UNKNOWN, text: 'create table pending ()', checksum: '' };
  await setBaseline('of another text');
  const before = await schema();

  const migrating = migrateSet(database().url, { ...set, migrations: [...set.migrations, pending] }, null);

  await expect(migrating).rejects.toThrow('were edited: baseline: applied of another text');
  expect(await schema()).toEqual(before);
});

test('the platform exits with 3 on an edited baseline', async () => {
  await setBaseline('of another text');

  const outcome = await waitForOutcome(spawnCli(['up', '--port', '0', '--database-url', database().url]));

  expect(outcome).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^tuningfork: MIGRATION_MODIFIED: .*baseline: applied of another text/),
  });
});
