import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import type { Json } from '../../contract/json';
import { PLAN_OUTDATED, preparing } from './prepared';
import type { Tables } from './tables';
import type { Vault } from './vault';

export type Transaction = Kysely<Tables>;

/** The role every statement of the application runs as: held by the policies of `0003-walls.sql`. */
export const APP_ROLE = 'tuningfork_app';

/** The tenant that contract clients live in, and the one whose rows all tenants may read. */
export const DEFAULT_TENANT = 1;
export const SHARED_TENANT = 0;

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => instant(text));

/** PostgreSQL's text of an instant (UTC session) as RFC 3339: `2026-01-27 10:00:00.123456+00` → `…T10:00:00.123456Z`. */
export const instant = (text: string): string => text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z');

/** A value for a json column. */
export const asJson = (value: Json): string => JSON.stringify(value);

/** SQL's clock, the only one that orders rows. */
export const now = sql<string>`platform_now()`;

/** What SQL's clock reads now: RFC 3339. */
export async function clockReads(transaction: Transaction): Promise<string> {
  const { rows } = await sql<{ at: string }>`select ${now} as at`.execute(transaction);
  return rows[0]!.at;
}

/** An instant of ours, epoch ms with a fraction, for a timestamptz column. */
export const atMs = (epochMs: number) => sql<string>`to_timestamp(${epochMs / 1000}::double precision)`;

export interface Database {
  /**
   * One transaction in which only this tenant's rows (and the shared ones) exist. There is no statement outside one.
   * Rolls back when `work` throws, and throws the same; when PostgreSQL turned it away for another's sake (a deadlock, a
   * table that was altered), it is done again, so that `work` does nothing but statements.
   */
  inTenant<T>(tenant: number, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One transaction of no tenant: for the functions that reach across the wall, and for `worker`. */
  inNone<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * One statement of no tenant, without the two messages around it: PostgreSQL makes a transaction of each by itself, so that
   * a second statement would be another one.
   */
  alone<T>(statement: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const vaults = new WeakMap<Transaction, Vault>();

/** What seals and opens values in this transaction. Throws where the database was opened without one. */
export function vaultOf(transaction: Transaction): Vault {
  const vault = vaults.get(transaction);
  if (!vault) throw new Error('this database was opened without an encryption key: nothing can be sealed or unsealed');
  return vault;
}

/**
 * The application's connections. `url` logs in as the owner; each connection starts as APP_ROLE, which owns nothing.
 * `connections` bounds the pool. Lost connections are replaced; the statement that met one throws. `vault` seals and opens
 * what is stored encrypted, in every transaction.
 */
export function openDatabase(url: string, connections = 10, vault: Vault | null = null): Database {
  const pool = openPool(url, connections, APP_ROLE);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
  const begun = <T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    db.connection().execute(async (connection) => {
      if (vault) vaults.set(connection, vault);
      await sql.raw(begin).execute(connection);
      try {
        const answer = await work(connection);
        await sql.raw('commit').execute(connection);
        return answer;
      } catch (error) {
        // A connection that died has nothing left to roll back; the first error is the one that says why.
        await sql
          .raw('rollback')
          .execute(connection)
          .catch(() => undefined);
        throw error;
      }
    });
  return {
    inTenant: (tenant, work) => again(() => begun(`begin; set local app.tenant = '${Math.trunc(tenant)}'`, work)),
    inNone: (work) => again(() => begun('begin', work)),
    alone: (statement) => again(() => db.connection().execute((connection) => statement(connection))),
    close: () => db.destroy(),
  };
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const TRIES = 5;

const mayPass = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK || code === PLAN_OUTDATED;
};

async function again<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === TRIES || !mayPass(error)) throw error;
    }
  }
}

/** Nobody's to handle: whoever uses a lost connection is told by that statement. */
const heard = () => undefined;

/** Connections of the owner, or of a role it may become. The pool outlives a lost server; each use says so by itself. */
export function openPool(url: string, connections: number, role?: string): Pool {
  const options = `-c timezone=UTC${role ? ` -c role=${role}` : ''}`;
  const pool = new Pool({ connectionString: url, max: connections, options });
  pool.on('error', heard);
  pool.on('connect', (client) => client.on('error', heard));
  return pool;
}
