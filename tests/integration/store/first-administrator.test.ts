import { join } from 'node:path';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { openPool } from '../../../platform/store/database/connection';
import {
  createFirstAdministrator,
  DEFAULT_USER,
  rejectKnownPassword,
} from '../../../platform/store/identities/first-administrator';
import { hashPassword } from '../../../platform/store/identities/passwords';
import { withDatabase } from '../database/with-database';

const ROOT = join(__dirname, '../../..');
const PASSWORD = { password: 'a password of this test' };

const database = withDatabase();
let owner: Pool;
beforeAll(async () => {
  owner = openPool(database().url, 1);
  await ensureCorePack(owner, { root: ROOT, build: null });
});
afterAll(() => owner.end());
beforeEach(() => owner.query(`delete from setting where name = 'first_administrator'; delete from identity`));

const create = (options: Parameters<typeof createFirstAdministrator>[1] = PASSWORD) =>
  createFirstAdministrator(database().db, options);

const permissionsByLogin = async () =>
  (
    await owner.query<{ login: string; sets: string[] }>(
      `select i.login, array_agg(s.ref order by s.ref) as sets from identity i
      join permission_assignment a on a.identity = i.id join permission_set s on s.id = a.permset group by 1 order by 1`,
    )
  ).rows;

test('platforms that start at once create one administrator', async () => {
  const created = await Promise.all([create(), create(), create()]);

  expect(created.filter(Boolean)).toHaveLength(1);
  expect(await permissionsByLogin()).toEqual([
    { login: DEFAULT_USER.login, sets: ['core.admin', 'core.platform_admin'] },
  ]);
});

test('a deleted administrator stays deleted, and no other one is promoted', async () => {
  await create();
  await owner.query('delete from identity');
  await owner.query(`with other as (insert into identity (tenant, login) values (1, 'other') returning id)
    insert into permission_assignment (tenant, identity, permset)
    select 1, other.id, s.id from other, permission_set s where s.ref = 'core.admin'`);

  expect(await create()).toBe(false);

  expect(await permissionsByLogin()).toEqual([{ login: 'other', sets: ['core.admin'] }]);
});

test('a creation that cannot hand over the password is undone', async () => {
  const failing = {
    ...PASSWORD,
    beforeCommit: () => {
      throw new Error('no space left');
    },
  };

  await expect(create(failing)).rejects.toThrow('no space left');

  expect(await permissionsByLogin()).toEqual([]);
  expect(await create()).toBe(true);
});

test('a login that is taken is an error, and gets no permission', async () => {
  await owner.query('insert into identity (tenant, login) values (1, $1)', [DEFAULT_USER.login]);

  await expect(create()).rejects.toThrow(/an identity has its login: delete from identity where/);

  expect(await permissionsByLogin()).toEqual([]);
});

test('another tenant cannot record an administrator', async () => {
  const recorded = database().db.inTenant(2, (transaction) =>
    sql`select record_first_administrator()`.execute(transaction),
  );

  await expect(recorded).rejects.toMatchObject({ code: '42501' });
});

test('the known password is recognized by its hash', async () => {
  const reject = () => rejectKnownPassword(database().db);
  await expect(reject()).resolves.toBeUndefined();
  await create(DEFAULT_USER);
  await expect(reject()).rejects.toThrow(/has the password that everyone knows.* change the password/);

  const password_hash = await hashPassword('another password');
  await owner.query('update identity set password_hash = $1', [password_hash]);
  await expect(reject()).resolves.toBeUndefined();
});
