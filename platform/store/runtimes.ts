import { sql, type Selectable } from 'kysely';
import type { Runtime, RuntimeSummary } from '../../contract/runtimes';
import type { Transaction } from './database';
import type { RuntimeTable } from './tables';
import { ownFirst, seen, type Counted, type Slice } from './walls';

export type RuntimeRow = Selectable<RuntimeTable>;

/** Null where there is none that this tenant may see. */
export async function findRuntime(
  transaction: Transaction,
  by: { ref: string } | { id: number },
): Promise<RuntimeRow | null> {
  const all = transaction.selectFrom('runtime').selectAll().where(seen).orderBy(ownFirst);
  const query = 'ref' in by ? all.where('ref', '=', by.ref) : all.where('id', '=', by.id);
  return (await query.executeTakeFirst()) ?? null;
}

/** All that a `runner_type` may mean, the shared ones first: a pack cannot take over `python`. */
export async function knownRuntimes(transaction: Transaction): Promise<RuntimeRow[]> {
  return transaction.selectFrom('runtime').selectAll().where(seen).orderBy('tenant').orderBy('id').execute();
}

/** All, or those of one pack. */
export async function listRuntimes(
  transaction: Transaction,
  slice: Slice,
  pack: number | null = null,
): Promise<Counted<RuntimeSummary>> {
  let wanted = transaction.selectFrom('runtime').where(seen);
  if (pack !== null) wanted = wanted.where('pack', '=', pack);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted.selectAll().orderBy('ref').offset(slice.offset).limit(slice.limit).execute();
  return { rows: rows.map(runtimeSummaryOf), total };
}

export const runtimeSummaryOf = (row: RuntimeRow): RuntimeSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  description: row.description,
  name: row.name,
  created: row.created,
  updated: row.updated,
});

export const runtimeOf = (row: RuntimeRow): Runtime => ({
  ...runtimeSummaryOf(row),
  pack: row.pack,
  distributions: row.distributions,
  installation: row.installation,
  execution_config: row.execution_config,
});
