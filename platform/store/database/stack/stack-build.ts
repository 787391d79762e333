import type { ClientBase } from 'pg';
import { retryWithBackoff } from '../../../base/async/retry-with-backoff';
import { ADVISORY_LOCKS } from '../advisory-locks';
import { DatabaseRefused } from '../database-refused';
import { shownPlatform } from './stack-stamp';

/** The sessions of a killed platform end within 2 s. */
const PATIENCE = { backoff: { firstMs: 100, maxMs: 100 }, maxAttempts: 20 };

/**
 * Shows other platforms the build of this one, as long as the session of the connection lives:
 * taken before the lock of the stack. `schema`: digest of the SQL files.
 */
export async function holdBuild(connection: ClientBase, schema: string): Promise<void> {
  await connection.query('select pg_advisory_lock_shared($1, hashtext($2))', [ADVISORY_LOCKS.build, schema]);
}

/**
 * For a build that changes the database: statements of another build would fail on it. Throws
 * OTHER_BUILD_RUNNING while a platform with other SQL files, or of a build that shows none, runs.
 */
export const rejectOtherBuilds = (connection: ClientBase, schema: string): Promise<void> =>
  retryWithBackoff(() => requireOwnBuild(connection, schema), {
    ...PATIENCE,
    isRetryable: (error) => error instanceof DatabaseRefused,
  });

async function requireOwnBuild(connection: ClientBase, schema: string): Promise<void> {
  const { rows } = await connection.query<{ name: string }>(
    `with held as (
      select l.pid, classid, objid, objsubid from pg_locks l where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database()))
    select distinct a.application_name as name from held join pg_stat_activity a using (pid)
    where classid = 0 and objid = $1 and objsubid = 1 and not exists (
      select from held build where build.pid = held.pid and build.objsubid = 2
        and build.classid = $2 and build.objid = (hashtext($3)::bigint & 4294967295)::oid)
    order by 1`,
    [ADVISORY_LOCKS.stack, ADVISORY_LOCKS.build, schema],
  );
  if (rows.length === 0) return;
  const platforms = rows.map(({ name }) => shownPlatform(name)).join(' and ');
  throw new DatabaseRefused(
    'OTHER_BUILD_RUNNING',
    `this build changes the tables or functions of the database, on which ${platforms} of another build is running`,
    'stop all platforms of the other build first',
  );
}
