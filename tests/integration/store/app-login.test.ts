import { sql } from 'kysely';
import { pino } from 'pino';
import { ensureAppLogin } from '../../../platform/store/database/app-login';
import { openDatabase, openPool } from '../../../platform/store/database/connection';
import { ensureSecret } from '../../../platform/store/database/secret-settings';
import { startMigratedPostgres } from '../database/migrated-postgres';
import { withDatabase } from '../database/with-database';

const warnings: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });

const database = withDatabase(startMigratedPostgres);
const ensure = async (ownerUrl: string) => {
  const ownerPool = openPool(ownerUrl, 1);
  try {
    return await ensureAppLogin({ ownerPool, ownerUrl, password: await ensureSecret(ownerPool, 'app_password'), log });
  } finally {
    await ownerPool.end();
  }
};

test('the application cannot switch back to the owner', async () => {
  const url = await ensure(database().url);
  const db = openDatabase(url, 1);
  const roles = await db.withoutTenant(async (transaction) => {
    await sql`reset role`.execute(transaction);
    const { rows } = await sql<{ user: string; owner: boolean }>`
      select session_user as user, rolsuper or rolcreaterole as owner from pg_roles where rolname = current_user`.execute(
      transaction,
    );
    return rows[0]!;
  });
  const readKeys = db.withoutTenant(async (transaction) => {
    await sql`reset role`.execute(transaction);
    await sql`select value from setting`.execute(transaction);
  });

  await expect(readKeys).rejects.toMatchObject({ code: '42501' });
  expect(roles).toEqual({ user: expect.stringMatching(/^tuningfork_app_\d+$/), owner: false });
  await db.close();
});

test('platforms on one database log in with the same password', async () => {
  const [first, second] = [await ensure(database().url), await ensure(database().url)];

  expect(second).toBe(first);
});

test('an owner that may not create roles gets one warning', async () => {
  const owner = openPool(database().url, 1);
  await owner.query(`create role plain_owner login password 'plain' in role tuningfork_app`);
  await owner.query('grant all on setting to plain_owner');
  await owner.end();
  const url = Object.assign(new URL(database().url), { username: 'plain_owner', password: 'plain' }).href;

  await expect(ensure(url)).resolves.toBe(url);
  expect(warnings).toEqual([expect.stringContaining('APP_LOGIN_UNAVAILABLE')]);
});
