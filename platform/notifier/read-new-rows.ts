import type { Client } from 'pg';
import type { Status } from '../../contract/status';
import { toRfc3339 } from '../store/database/connection';
import type { NotificationRecord } from './protocol';

/**
 * The rows of `notification_log` that this snapshot sees and the one before did not: each row
 * once, in the first read after its transaction committed, and the changes of one row in their
 * order. The publisher sends them to the channels of the contract in the same statement; NOTIFY
 * rejects a payload of 8,000 bytes, so a longer one is cut to what identifies the row.
 */
const READ_NEW_ROWS = `
with this as materialized (select pg_current_snapshot() as now),
added as (
  select l.seq, l.tenant, l.type, l.entity_type, l.entity, l.owner, l.created,
    case when $3::text[] <> '{}' and l.entity_type = 'execution' then shown_notification(l.payload, $3) else l.payload end as payload
  from notification_log l
  where l.xid >= pg_snapshot_xmax($1::pg_snapshot) or l.xid = any (array(select pg_snapshot_xip($1::pg_snapshot)))
), fresh as materialized (
  select n.seq, n.tenant, n.type, n.entity_type, n.entity, n.owner, n.created,
    case when octet_length(n.payload) < 7900 then n.payload
    else json_strip_nulls(json_build_object('entity_type', n.entity_type, 'entity_id', n.entity, 'id', n.entity,
      'status', n.payload::json -> 'status', 'old_status', n.payload::json -> 'old_status'))::text end as payload
  from added n where n.payload is not null
), published as materialized (
  select count(pg_notify(p.type, p.payload)) from (
    select f.type, f.payload from fresh f where $2::boolean and f.entity_type <> 'rights' order by f.seq) p
)
select this.now::text as snapshot, pg_snapshot_xmin(this.now)::text as oldest, pg_snapshot_xmax(this.now)::text as next,
  f.tenant, f.type, f.entity_type, f.entity, f.owner, f.payload, f.created
from published, this left join fresh f on true order by f.seq`;

interface Row {
  readonly snapshot: string;
  readonly oldest: string;
  readonly next: string;
  readonly tenant: number | null;
  readonly type: string;
  readonly entity_type: string;
  readonly entity: number;
  readonly owner: number | null;
  readonly payload: string;
  readonly created: string;
}

interface NewRows {
  /** The snapshot to read from the next time. */
  readonly snapshot: string;
  /** The oldest transaction that was open. */
  readonly oldestOpen: bigint;
  /** The first transaction that had not started. */
  readonly nextTransaction: bigint;
  readonly notifications: readonly NotificationRecord[];
}

interface Reader {
  /** Of the last read. */
  readonly snapshot: string;
  /** This notifier sends to the channels. */
  readonly isPublisher: boolean;
  /** Statuses of executions that are shown as `running`. */
  readonly shownAsRunning: readonly Status[];
}

/** Reads what committed since the snapshot. */
export async function readNewRows(
  connection: Client,
  { snapshot, isPublisher, shownAsRunning }: Reader,
): Promise<NewRows> {
  const { rows } = await connection.query<Row>({
    name: 'read-new-rows',
    text: READ_NEW_ROWS,
    values: [snapshot, isPublisher, shownAsRunning],
  });
  const first = rows[0]!;
  return {
    snapshot: first.snapshot,
    oldestOpen: BigInt(first.oldest),
    nextTransaction: BigInt(first.next),
    notifications: rows.flatMap((row) => (row.tenant === null ? [] : [toNotification(row, row.tenant)])),
  };
}

const toNotification = (row: Row, tenant: number): NotificationRecord => ({
  tenant,
  type: row.type,
  entityType: row.entity_type,
  entity: row.entity,
  owner: row.owner,
  payload: row.payload,
  created: toRfc3339(row.created),
});
