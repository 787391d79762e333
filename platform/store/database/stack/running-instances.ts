import type { Pool } from 'pg';
import { ADVISORY_LOCKS } from '../advisory-locks';

const SESSION_NAME = /^tuningfork (\w+) pid \d+$/;

/** The platforms that run on the database. Null: this user may not see what all of them are. */
export async function runningInstances(ownerPool: Pool): Promise<string[] | null> {
  const { rows } = await ownerPool.query<{ name: string | null }>(
    `select a.application_name as name from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = 0 and l.objid = $1
      and l.database = (select oid from pg_database where datname = current_database())`,
    [ADVISORY_LOCKS.stack],
  );
  const instances = rows.map(({ name }) => SESSION_NAME.exec(name ?? '')?.[1] ?? null);
  return instances.some((instance) => instance === null) ? null : (instances as string[]);
}
