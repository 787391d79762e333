import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { HistoryEntity, HistoryFilter, HistoryRecord } from '../../../contract/records/history';
import type { Transaction } from '../database/connection';
import type { CountedRows, RowRange } from '../database/list-rows';

interface HistorySource {
  readonly table: string;
  /** The rows that a tenant sees; it also holds for the owner's connections. */
  readonly visible: RawBuilder<SqlBool>;
}

const SOURCES: Readonly<Record<HistoryEntity, HistorySource>> = {
  execution: { table: 'execution_history', visible: sql`tenant = app_tenant()` },
  worker: { table: 'worker_history', visible: sql`(tenant is null or tenant = app_tenant())` },
};

const NEWEST_FIRST = sql`time desc, id desc`;

/** The changes of all entities of a kind that match, the newest first. */
export async function listHistory(
  transaction: Transaction,
  entity: HistoryEntity,
  filter: HistoryFilter,
  { offset, limit }: RowRange,
): Promise<CountedRows<HistoryRecord>> {
  const { table, visible } = SOURCES[entity];
  const matching = sql`from ${sql.table(table)} where ${sql.join([visible, ...conditionsOf(filter)], sql` and `)}`;
  const counted = await sql<{ total: number }>`select count(*) as total ${matching}`.execute(transaction);
  const { rows } = await sql<HistoryRecord>`
    select time, operation, entity_id, entity_ref, changed_fields, old_values, new_values ${matching}
    order by ${NEWEST_FIRST} offset ${offset} limit ${limit}`.execute(transaction);
  return { rows, total: counted.rows[0]!.total };
}

function conditionsOf(filter: HistoryFilter): RawBuilder<SqlBool>[] {
  const { entity_id: id, entity_ref: ref, operation, changed_field: field, since, until } = filter;
  return [
    ...(id === undefined ? [] : [sql<SqlBool>`entity_id = ${id}`]),
    ...(ref === undefined ? [] : [sql<SqlBool>`entity_ref = ${ref}`]),
    ...(operation === undefined ? [] : [sql<SqlBool>`operation = ${operation}`]),
    ...(field === undefined ? [] : [sql<SqlBool>`${field} = any(changed_fields)`]),
    ...(since === undefined ? [] : [sql<SqlBool>`time >= ${since}::timestamptz`]),
    ...(until === undefined ? [] : [sql<SqlBool>`time < ${until}::timestamptz`]),
  ];
}
