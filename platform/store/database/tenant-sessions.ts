import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { sessionTenant, withPreparedStatements } from './prepared-statements';
import type { Tables } from './tables';

/** Connections that keep a tenant. */
export interface TenantSessions {
  /** Runs statements, each a transaction of its own, that see the rows of this tenant. */
  run<T>(tenant: number, work: (connection: Kysely<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * No other code may use the connections of this pool: a statement would run under the tenant of
 * an earlier use.
 */
export function openTenantSessions(pool: Pool): TenantSessions {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withPreparedStatements(pool) }) });
  return {
    run: (tenant, work) =>
      db.connection().execute(async (connection) => {
        await sql.raw(sessionTenant(tenant)).execute(connection);
        return work(connection);
      }),
    close: () => db.destroy(),
  };
}
