import { sql, type Selectable } from 'kysely';
import type { CreatePack, Pack, PackSummary, UpdatePack } from '../../contract/packs';
import type { Json } from '../../contract/json';
import { isTerminal, STATUSES } from '../../contract/status';
import { asJson, now, SHARED_TENANT, type Transaction } from './database';
import type { PackTable } from './tables';
import { own, ownFirst, seen } from './walls';

export type PackRow = Selectable<PackTable>;

/** True for what we ship: nobody may change it. */
export const isShared = ({ tenant }: { tenant: number }): boolean => tenant === SHARED_TENANT;

/** Null where there is none that this tenant may see. */
export async function findPack(transaction: Transaction, ref: string): Promise<PackRow | null> {
  const query = transaction.selectFrom('pack').selectAll().where('ref', '=', ref).where(seen).orderBy(ownFirst);
  return (await query.executeTakeFirst()) ?? null;
}

/** The same, held until the transaction ends: no two registrations of a pack run at once. Own packs only. */
export async function lockPack(transaction: Transaction, ref: string): Promise<PackRow | null> {
  const query = transaction.selectFrom('pack').selectAll().where('ref', '=', ref).where(own).forUpdate();
  return (await query.executeTakeFirst()) ?? null;
}

/** All packs that the tenant has or is given, by ref: who may see which is the caller's to say. */
export const allPacks = (transaction: Transaction): Promise<PackRow[]> =>
  transaction.selectFrom('pack').selectAll().where(seen).orderBy('ref').execute();

/** A pack without files, owned by its maker unless it is standard. Throws the database's refusal of ref and version. */
export async function createPack(transaction: Transaction, wanted: CreatePack, maker: number): Promise<PackRow> {
  const { description, conf_schema, config, meta, ...plain } = wanted;
  return transaction
    .insertInto('pack')
    .values({
      ref: plain.ref,
      label: plain.label,
      version: plain.version,
      description: description ?? null,
      conf_schema: asJson(conf_schema ?? {}),
      config: asJson(config ?? {}),
      meta: asJson(meta ?? {}),
      tags: plain.tags ?? [],
      runtime_deps: plain.runtime_deps ?? [],
      dependencies: plain.dependencies ?? [],
      is_standard: plain.is_standard ?? false,
      installed_by: plain.is_standard ? null : maker,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What is absent stays. */
export async function updatePack(transaction: Transaction, id: number, change: UpdatePack): Promise<PackRow> {
  const { description, ...plain } = change;
  return transaction
    .updateTable('pack')
    .set({
      label: plain.label,
      version: plain.version,
      conf_schema: jsonOf(plain.conf_schema),
      config: jsonOf(plain.config),
      meta: jsonOf(plain.meta),
      tags: plain.tags,
      runtime_deps: plain.runtime_deps,
      dependencies: plain.dependencies,
      is_standard: plain.is_standard,
      description: cleared(description),
      updated: now,
    })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes the pack and, by cascade, its components; executions keep their refs. */
export async function removePack(transaction: Transaction, id: number): Promise<void> {
  await holdComponents(transaction, id);
  await transaction.deleteFrom('pack').where('id', '=', id).where(own).execute();
}

/**
 * Takes what the removal will change in the order in which others take it: who takes an event in goes from the trigger to
 * the rule to the action, who advances a workflow from the executions, parents first, to the action.
 */
async function holdComponents(transaction: Transaction, pack: number): Promise<void> {
  await sql`select from trigger where pack = ${pack} order by id for update`.execute(transaction);
  await sql`select from rule where pack = ${pack} order by id for update`.execute(transaction);
  await sql`
    select from execution where action in (select id from action where pack = ${pack})
      and not (settled and status in (${sql.join(STATUSES.filter(isTerminal))}))
    order by id for update`.execute(transaction);
}

export const packSummaryOf = (row: PackRow): PackSummary => ({
  id: row.id,
  ref: row.ref,
  label: row.label,
  description: row.description,
  version: row.version,
  tags: row.tags,
  is_standard: row.is_standard,
  created: row.created,
  updated: row.updated,
});

export const packOf = (row: PackRow): Pack => ({
  ...packSummaryOf(row),
  conf_schema: row.conf_schema,
  config: row.config,
  meta: row.meta,
  runtime_deps: row.runtime_deps,
  dependencies: row.dependencies,
});

/** JSON text for a column; what is absent stays absent, so that the column keeps its value. */
export const jsonOf = (value: Json | undefined): string | undefined =>
  value === undefined ? undefined : asJson(value);

/** The same for a column that may be null. */
export const jsonOrNull = (value: Json | undefined): string | null | undefined =>
  value === null ? null : jsonOf(value);

/** What `{op: set | clear}` leaves in a column; undefined keeps it. */
export function cleared<T>(patch: { op: 'set'; value: T } | { op: 'clear' } | undefined): T | null | undefined {
  return patch?.op === 'set' ? patch.value : patch && null;
}
