import { sql, type Selectable } from 'kysely';
import type { CreatePack, Pack, PackSummary, UpdatePack } from '../../../contract/packs';
import type { Json } from '../../../contract/json';
import { isTerminal, STATUSES } from '../../../contract/status';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { shownDocument } from '../../core/secrets/shown-document';
import { shownSchema } from '../../core/secrets/shown-schema';
import { asJson, now, SHARED_TENANT, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { findVisibleByRef } from '../database/list-rows';
import { ownedByTenant, visibleToTenant } from '../database/tenant-filter';

export type PackRow = Selectable<Tables['pack']>;

/** True for built-in packs: no tenant may change them. */
export const isShared = ({ tenant }: { tenant: number }): boolean => tenant === SHARED_TENANT;

/** Null when the tenant can see none of that ref. */
export async function findPack(transaction: Transaction, ref: string): Promise<PackRow | null> {
  return findVisibleByRef(transaction.selectFrom('pack').selectAll(), ref);
}

/**
 * Finds a pack of the tenant itself and locks it until the transaction ends, so that
 * registrations of one pack do not overlap.
 */
export async function lockPack(transaction: Transaction, ref: string): Promise<PackRow | null> {
  const query = transaction.selectFrom('pack').selectAll().where('ref', '=', ref).where(ownedByTenant).forUpdate();
  return (await query.executeTakeFirst()) ?? null;
}

/** Whether a pack of the tenant has its files in a directory whose path ends so. */
export async function isStoredPack(transaction: Transaction, ending: string): Promise<boolean> {
  const packs = transaction.selectFrom('pack').select('id').where(ownedByTenant);
  const stored = await packs.where(sql<boolean>`right(storage, length(${ending})) = ${ending}`).executeTakeFirst();
  return stored !== undefined;
}

/** All packs visible to the tenant, by ref; the caller checks who may read them. */
export const listPacks = (transaction: Transaction): Promise<PackRow[]> =>
  transaction.selectFrom('pack').selectAll().where(visibleToTenant).orderBy('ref').execute();

/**
 * Creates a pack without files, owned by its creator unless it is standard. Throws the database's
 * error for the ref or version.
 */
export async function createPack(
  transaction: Transaction,
  input: CreatePack,
  creator: number | null,
): Promise<PackRow> {
  const { description, conf_schema, config, meta, ...rest } = input;
  return transaction
    .insertInto('pack')
    .values({
      ref: rest.ref,
      label: rest.label,
      version: rest.version,
      description: description ?? null,
      conf_schema: asJson(conf_schema ?? {}),
      config: asJson(config ?? {}),
      meta: asJson(meta ?? {}),
      tags: rest.tags ?? [],
      runtime_deps: rest.runtime_deps ?? [],
      dependencies: rest.dependencies ?? [],
      is_standard: rest.is_standard ?? false,
      installed_by: rest.is_standard ? null : creator,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Absent fields are kept. */
export async function updatePack(transaction: Transaction, id: number, change: UpdatePack): Promise<PackRow> {
  const { description, ...rest } = change;
  return transaction
    .updateTable('pack')
    .set({
      label: rest.label,
      version: rest.version,
      conf_schema: optionalJson(rest.conf_schema),
      config: optionalJson(rest.config),
      meta: optionalJson(rest.meta),
      tags: rest.tags,
      runtime_deps: rest.runtime_deps,
      dependencies: rest.dependencies,
      is_standard: rest.is_standard,
      description: patchedValue(description),
      updated: now,
    })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes the pack and, by cascade, its components; executions keep their refs. */
export async function removePack(transaction: Transaction, id: number): Promise<void> {
  await lockComponents(transaction, id);
  await transaction.deleteFrom('pack').where('id', '=', id).where(ownedByTenant).execute();
}

/**
 * Locks the rows that the removal changes in the order of other transactions: one that processes
 * an event locks trigger, rule and action; one that advances a workflow locks executions, parents
 * first, then the action.
 */
async function lockComponents(transaction: Transaction, pack: number): Promise<void> {
  await sql`select from trigger where pack = ${pack} order by id for update`.execute(transaction);
  await sql`select from rule where pack = ${pack} order by id for update`.execute(transaction);
  await sql`
    select from execution where action in (select id from action where pack = ${pack})
      and not (settled and status in (${sql.join(STATUSES.filter(isTerminal))}))
    order by id for update`.execute(transaction);
}

export const toPackSummary = (row: PackRow): PackSummary => ({
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

export const toPack = (row: PackRow): Pack => ({
  ...toPackSummary(row),
  conf_schema: shownSchema(row.conf_schema),
  config: shownDocument(row.config, schemaTaint(row.conf_schema, row.config)),
  meta: row.meta,
  runtime_deps: row.runtime_deps,
  dependencies: row.dependencies,
});

/** JSON text for a column; undefined keeps the column's value. */
export const optionalJson = (value: Json | undefined): string | undefined =>
  value === undefined ? undefined : asJson(value);

/** The same for a nullable column. */
export const nullableJson = (value: Json | undefined): string | null | undefined =>
  value === null ? null : optionalJson(value);

/** The column value of `{op: set | clear}`; undefined keeps it. */
export function patchedValue<T>(patch: { op: 'set'; value: T } | { op: 'clear' } | undefined): T | null | undefined {
  return patch?.op === 'set' ? patch.value : patch && null;
}
