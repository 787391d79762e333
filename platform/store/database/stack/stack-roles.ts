import { sql } from 'kysely';
import type { Client } from 'pg';
import { ROLES, type Role } from '../../../../contract/capabilities';
import { ADVISORY_LOCKS } from '../advisory-locks';
import type { Database } from '../connection';

/** Holds a shared lock for each role, as long as the session of the connection lives. */
export async function holdRoles(connection: Client, roles: readonly Role[]): Promise<void> {
  const keys = roles.map((role) => ROLES.indexOf(role));
  await connection.query('select pg_advisory_lock_shared($1, role) from unnest($2::int[]) as role', [
    ADVISORY_LOCKS.role,
    keys,
  ]);
}

/**
 * The roles of all platforms on the database, in the order of ROLES. A busy platform has its
 * roles, and a killed one has none: no clock is compared.
 */
export const presentRoles = (db: Database): Promise<Role[]> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ role: number }>`
      select distinct objid::int as role from pg_locks
      where locktype = 'advisory' and granted and objsubid = 2 and classid = ${ADVISORY_LOCKS.role}
        and database = (select oid from pg_database where datname = current_database())`.execute(transaction);
    const held = new Set(rows.map(({ role }) => role));
    return ROLES.filter((_, key) => held.has(key));
  });
