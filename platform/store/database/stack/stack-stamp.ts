import type { Client } from 'pg';
import { ADVISORY_LOCKS } from '../advisory-locks';

/** The row of the table `stack_stamp`. */
export interface StackStamp {
  readonly stackId: string;
  /** Instance of the last platform that started when no other one was running. */
  readonly openedBy: string;
}

const COLUMNS = 'stack_id as "stackId", opened_by as "openedBy"';

/** Null: no platform has started on the database yet. */
export async function readStamp(connection: Client): Promise<StackStamp | null> {
  const { rows: tables } = await connection.query<{ exists: boolean }>(
    `select to_regclass('public.stack_stamp') is not null as exists`,
  );
  if (!tables[0]!.exists) return null;
  const { rows } = await connection.query<StackStamp>(`select ${COLUMNS} from public.stack_stamp`);
  return rows[0] ?? null;
}

/**
 * Returns the stamp of the database, whose stack keeps its id. One that does not join is then the
 * start that opened it.
 */
export async function writeStamp(connection: Client, stamp: StackStamp, joins: boolean): Promise<StackStamp> {
  const openedBy = joins ? 'stack_stamp.opened_by' : 'excluded.opened_by';
  const { rows } = await connection.query<StackStamp>(
    `insert into public.stack_stamp (stack_id, opened_by) values ($1, $2)
    on conflict (is_only) do update set opened_by = ${openedBy} returning ${COLUMNS}`,
    [stamp.stackId, stamp.openedBy],
  );
  return rows[0]!;
}

interface PlatformsOnDatabase {
  readonly database: string;
  /** `platform 9f2c with pid 41`, as they name their sessions. */
  readonly platforms: readonly string[];
}

/** The platforms that hold the lock of the stack, without this one. */
export async function platformsOn(connection: Client): Promise<PlatformsOnDatabase> {
  const { rows } = await connection.query<{ database: string; names: string[] }>(
    `select current_database()::text as database, array(
      select distinct a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = 0 and l.objid = $1
        and l.database = (select oid from pg_database where datname = current_database())
        and l.pid <> pg_backend_pid() order by 1) as names`,
    [ADVISORY_LOCKS.stack],
  );
  const { database, names } = rows[0]!;
  return { database, platforms: names.map(shownPlatform) };
}

/** The name of a session, as messages have it. */
export const shownPlatform = (name: string): string =>
  name.replace(/^tuningfork (\w+) pid (\d+)$/, 'platform $1, pid $2');
