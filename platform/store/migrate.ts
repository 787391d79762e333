import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import type { PoolClient } from 'pg';
import { queueLogger } from '../queue/logger';
import { projectRoot } from '../root';
import { APP_ROLE, openPool } from './database';

/** Any two platforms that start on one database take this lock in turn. */
const MIGRATION_LOCK = 7_041_984;
const DUPLICATE_OBJECT = '42710';
const DUPLICATE_KEY = '23505';
const INSUFFICIENT_PRIVILEGE = '42501';

/** The database's user may not create the role that the application runs as. */
export class RoleRefused extends Error {
  constructor(user: string) {
    super(
      `database user ${user} may not create the role ${APP_ROLE}: run "create role ${APP_ROLE}; grant ${APP_ROLE} to ${user}" ` +
        'as a superuser, or give the user createrole',
    );
    this.name = 'RoleRefused';
  }
}

/**
 * Brings the database up to date: the application's role, the queue's tables, then every numbered file not yet applied,
 * each in one transaction. Safe to run from several platforms at once. Throws RoleRefused, and whatever the server says.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const pool = openPool(ownerUrl, 2);
  try {
    const client = await pool.connect();
    try {
      await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await ensureRole(client);
      await runMigrations({ pgPool: pool, logger: queueLogger() });
      await applyFiles(client);
    } finally {
      client.release(true); // ends the session and with it the lock
    }
  } finally {
    await pool.end();
  }
}

/** Roles belong to the whole server, so that another platform may be making this one at the same moment. */
async function ensureRole(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ user: string; member: boolean }>(
    `select current_user as user, exists (select from pg_roles where rolname = $1) as member`,
    [APP_ROLE],
  );
  const user = rows[0]!.user;
  if (!rows[0]!.member) await tolerate(client.query(`create role ${APP_ROLE} nologin`), user);
  await tolerate(client.query(`grant ${APP_ROLE} to ${client.escapeIdentifier(user)}`), user);
}

async function tolerate(statement: Promise<unknown>, user: string): Promise<void> {
  try {
    await statement;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === INSUFFICIENT_PRIVILEGE) throw new RoleRefused(user);
    if (code !== DUPLICATE_OBJECT && code !== DUPLICATE_KEY) throw error;
  }
}

async function applyFiles(client: PoolClient): Promise<void> {
  await client.query(
    `create table if not exists migration (name text primary key, applied timestamptz not null default now())`,
  );
  const { rows } = await client.query<{ name: string }>('select name from migration');
  const applied = new Set(rows.map((row) => row.name));
  const directory = join(projectRoot(), 'platform', 'store', 'migrations');
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  for (const file of files.filter((name) => !applied.has(name))) {
    await client.query('begin');
    try {
      await client.query(await readFile(join(directory, file), 'utf8'));
      await client.query('insert into migration (name) values ($1)', [file]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`migration ${file} was not applied: ${String(error)}`, { cause: error });
    }
  }
}
