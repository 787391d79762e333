import type { PoolClient } from 'pg';
import { APP_ROLE } from './connection';
import { DatabaseRefused } from './database-refused';

const DUPLICATE_OBJECT = '42710';
const DUPLICATE_KEY = '23505';
const INSUFFICIENT_PRIVILEGE = '42501';

/** The database user may not create the role that the application runs as. */
class RoleCreationDenied extends Error {
  constructor(user: string) {
    super(
      `database user ${user} may not create the role ${APP_ROLE}: run "create role ${APP_ROLE}; grant ${APP_ROLE} to ${user}" ` +
        'as a superuser, or give the user createrole',
    );
    this.name = 'RoleCreationDenied';
  }
}

/**
 * Creates the application's role and grants it to the current user. Roles belong to the server,
 * so that a platform on another of its databases may create this one at the same moment. Throws
 * RoleCreationDenied. /
 */
export async function ensureAppRole(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ user: string; exists: boolean }>(
    `select current_user as user, exists (select from pg_roles where rolname = $1) as exists`,
    [APP_ROLE],
  );
  const { user, exists } = rows[0]!;
  if (!exists) await ignoreExisting(client.query(`create role ${APP_ROLE} nologin`), user);
  await ignoreExisting(client.query(`grant ${APP_ROLE} to ${client.escapeIdentifier(user)}`), user);
}

/**
 * For a database that has the tables. Throws DB_RIGHTS_MISSING where the role may not use them: a
 * copy was restored without their rights, or on a server that did not have the role yet.
 */
export async function requireRights(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ database: string }>(
    `select current_database()::text as database
     where not has_table_privilege($1, 'public.execution', 'select')`,
    [APP_ROLE],
  );
  if (rows.length === 0) return;
  throw new DatabaseRefused(
    'DB_RIGHTS_MISSING',
    `in database ${rows[0]!.database}, the role ${APP_ROLE} has no rights: it was restored without them, or before the role was there`,
    'the role is there now: restore the copy again, into an empty database',
  );
}

async function ignoreExisting(statement: Promise<unknown>, user: string): Promise<void> {
  try {
    await statement;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === INSUFFICIENT_PRIVILEGE) throw new RoleCreationDenied(user);
    if (code !== DUPLICATE_OBJECT && code !== DUPLICATE_KEY) throw error;
  }
}
