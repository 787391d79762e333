// Rows name places below the data directory, which a restored copy may have elsewhere.
import { openPool } from '../../../platform/store/database/connection';
import { followMovedDirectory } from '../../../platform/store/packs/moved-directory';
import { migrate } from '../../../platform/store/database/migrate';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const owner = withOwner(database);
let pool: ReturnType<typeof openPool>;
beforeAll(() => (pool = openPool(database().url, 1)));
afterAll(() => pool.end());

beforeEach(async () => {
  await owner.query('delete from replaced_files');
  await owner.query('delete from pack where tenant = 1');
  await owner.query(`insert into pack (ref, label, version, storage) values
    ('here', 'Here', '1.0.0', '/old/packs/1/here/1.0.0-00000001'),
    ('gone', 'Gone', '1.0.0', '/old/packs/1/gone/1.0.0-00000002'),
    ('plain', 'Plain', '1.0.0', null)`);
  await owner.query(`insert into replaced_files (pack_ref, kind, path) values
    ('here', 'registration', '/old/packs/1/here/0.9.0-00000003'),
    ('here', 'environment', '/old/environments/1/here/python/a'),
    ('here', 'environment', '/older/environments/1/here/python/b')`);
});

const places = async () =>
  (
    await owner.query<{ place: string }>(`select storage as place from pack where tenant = 1 and storage is not null
      union all select path from replaced_files order by 1`)
  ).map(({ place }) => place);

test('all places follow the directory, where files of packs are in it', async () => {
  await followMovedDirectory(pool, '/new', (path) => Promise.resolve(path === '/new/packs/1/here/1.0.0-00000001'));

  expect(await places()).toEqual([
    '/new/environments/1/here/python/a',
    '/new/packs/1/gone/1.0.0-00000002',
    '/new/packs/1/here/0.9.0-00000003',
    '/new/packs/1/here/1.0.0-00000001',
    '/older/environments/1/here/python/b',
  ]);
});

test('a directory without the files changes nothing', async () => {
  const before = await places();

  await followMovedDirectory(pool, '/empty', () => Promise.resolve(false));

  expect(await places()).toEqual(before);
});

test('the directory that the rows name is not looked at', async () => {
  const before = await places();
  const isHere = jest.fn(() => Promise.resolve(true));

  await followMovedDirectory(pool, '/old', isHere);

  expect(isHere).not.toHaveBeenCalled();
  expect(await places()).toEqual(before);
});

test('a database that was restored without the rights of the role is refused', async () => {
  await owner.query('revoke all on all tables in schema public from tuningfork_app');

  await expect(migrate(database().url)).rejects.toThrow(
    /^DB_RIGHTS_MISSING: in database test_\w+, the role tuningfork_app has no rights: .*; the role is there now: restore the copy again, into an empty database$/,
  );
});
