import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { errorCode } from '../../base/error-details';
import { ADVISORY_LOCKS } from './advisory-locks';
import { APP_ROLE, openPool } from './connection';

interface AppLoginOptions {
  readonly ownerPool: Pool;
  readonly ownerUrl: string;
  /** Of this database: every platform on it logs in with the same. */
  readonly password: string;
  readonly log: Logger;
}

/** The owner may not create roles; the server rejects the login (pg_hba.conf). */
const DENIED = ['42501', '28000', '28P01'];

/**
 * The URL with which the application logs in: a role of this database that has the rights of
 * APP_ROLE and no more, so that no statement can switch back to the owner. Where the owner cannot
 * create it, the owner's URL, with a warning: its connections then only switch to APP_ROLE.
 */
export async function ensureAppLogin(options: AppLoginOptions): Promise<string> {
  const { ownerPool, ownerUrl, password, log } = options;
  try {
    const login = await createLogin(ownerPool, password);
    const url = withCredentials(ownerUrl, login, password);
    if (url !== null) {
      await requireLogin(url);
      return url;
    }
    log.warn('APP_LOGIN_UNAVAILABLE: the database URL has no host; the application logs in as the owner');
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (!DENIED.includes(code)) throw error;
    log.warn({ code }, 'APP_LOGIN_UNAVAILABLE: no role of its own; the application logs in as the owner');
  }
  return ownerUrl;
}

async function createLogin(ownerPool: Pool, password: string): Promise<string> {
  const client = await ownerPool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.appLogin]);
    const name = await createOrUpdateRole(client, password);
    await client.query('commit');
    return name;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

/** Roles belong to the server, which may have several databases with a platform. */
async function createOrUpdateRole(client: PoolClient, password: string): Promise<string> {
  const { rows } = await client.query<{ name: string; exists: boolean }>(
    `select n.name, exists (select from pg_roles where rolname = n.name) as exists
     from (select $1 || '_' || oid as name from pg_database where datname = current_database()) n`,
    [APP_ROLE],
  );
  const { name, exists } = rows[0]!;
  const role = client.escapeIdentifier(name);
  const verifier = client.escapeLiteral(scramVerifier(password));
  if (!exists) await client.query(`create role ${role} in role ${APP_ROLE}`);
  await client.query(`alter role ${role} login password ${verifier}`);
  return name;
}

/**
 * What PostgreSQL stores of a password (RFC 5803): the statement may be logged. The password has
 * 192 random bits or more, which repeated hashing would not protect better.
 */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256');
  const keyOf = (name: string) => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${storedKey}:${keyOf('Server Key').toString('base64')}`;
}

/** Null for a URL that cannot carry a user: one of a socket file. */
function withCredentials(ownerUrl: string, user: string, password: string): string | null {
  const url = new URL(ownerUrl);
  url.username = user;
  url.password = password;
  for (const name of ['user', 'password']) url.searchParams.delete(name);
  return url.username === user ? url.href : null;
}

async function requireLogin(url: string): Promise<void> {
  const pool = openPool(url, 1, { role: APP_ROLE });
  try {
    await pool.query('select');
  } finally {
    await pool.end();
  }
}
