import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../contract/json';
import type { CreateWorkflow, UpdateWorkflow, Workflow, WorkflowSummary } from '../../contract/workflows';
import { asJson, now, type Transaction } from './database';
import { jsonOf, jsonOrNull } from './packs';
import type { WorkflowDefinitionTable } from './tables';
import { own, ownFirst, seen, type Counted, type Slice } from './walls';

export type WorkflowRow = Selectable<WorkflowDefinitionTable>;

/** Entrypoint of the action that stands for a workflow. */
export const COMPANION_ENTRYPOINT = 'workflow';

export interface WorkflowFilter {
  readonly pack?: number | undefined;
  readonly packRef?: string | undefined;
  /** Any of them. */
  readonly tags?: readonly string[] | undefined;
  /** In ref, label or description, case aside. */
  readonly search?: string | undefined;
}

/** Null where there is none that this tenant may see. */
export async function findWorkflow(transaction: Transaction, ref: string): Promise<WorkflowRow | null> {
  const all = transaction.selectFrom('workflow_definition').selectAll().where('ref', '=', ref).where(seen);
  return (await all.orderBy(ownFirst).executeTakeFirst()) ?? null;
}

export async function listWorkflows(
  transaction: Transaction,
  filter: WorkflowFilter,
  slice: Slice,
): Promise<Counted<WorkflowSummary>> {
  const { pack, packRef, tags, search } = filter;
  let wanted = transaction.selectFrom('workflow_definition').where(seen);
  if (pack !== undefined) wanted = wanted.where('pack', '=', pack);
  if (packRef !== undefined) wanted = wanted.where('pack_ref', '=', packRef);
  if (tags !== undefined) wanted = wanted.where(sql<boolean>`tags && ${[...tags]}::text[]`);
  if (search !== undefined) {
    const text = sql<string>`lower(concat_ws(' ', ref, label, description))`;
    wanted = wanted.where(sql<boolean>`position(${search.toLowerCase()} in ${text}) > 0`);
  }
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted
    .selectAll()
    .orderBy('label')
    .orderBy('id')
    .offset(slice.offset)
    .limit(slice.limit)
    .execute();
  return { rows: rows.map(workflowSummaryOf), total };
}

/** The workflow and the action that stands for it. Throws the database's refusal of the ref. */
export async function createWorkflow(
  transaction: Transaction,
  wanted: CreateWorkflow,
  pack: { readonly id: number; readonly ref: string },
): Promise<WorkflowRow> {
  const row = await transaction
    .insertInto('workflow_definition')
    .values({
      ref: wanted.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: wanted.label,
      description: wanted.description ?? null,
      version: wanted.version,
      param_schema: jsonOrNull(wanted.param_schema),
      out_schema: jsonOrNull(wanted.out_schema),
      definition: asJson(wanted.definition),
      tags: wanted.tags ?? [],
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await makeCompanion(transaction, row);
  return row;
}

/** What is absent stays. The companion follows in label, description and schemas. */
export async function updateWorkflow(
  transaction: Transaction,
  id: number,
  change: UpdateWorkflow & { definition?: JsonObject },
): Promise<WorkflowRow> {
  const row = await transaction
    .updateTable('workflow_definition')
    .set({
      label: change.label,
      description: change.description,
      version: change.version,
      param_schema: jsonOrNull(change.param_schema),
      out_schema: jsonOrNull(change.out_schema),
      definition: jsonOf(change.definition),
      tags: change.tags ?? undefined,
      updated: now,
    })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable('action')
    .set({ ...sharedWith(row), updated: now })
    .where('workflow_def', '=', id)
    .where(own)
    .execute();
  return row;
}

/** It is what the pack's files say from now on, however it was made. */
export async function belongsToFiles(transaction: Transaction, id: number): Promise<void> {
  const query = transaction.updateTable('workflow_definition').set({ from_file: true }).where('id', '=', id);
  await query.where(own).execute();
}

/** With the action that stands for it, by cascade. */
export async function removeWorkflow(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('workflow_definition').where('id', '=', id).where(own).execute();
}

/** Makes the action that stands for a workflow, or gives one that is there already to it. */
export async function makeCompanion(transaction: Transaction, row: WorkflowRow): Promise<void> {
  const columns = { ...sharedWith(row), entrypoint: COMPANION_ENTRYPOINT, workflow_def: row.id, runtime: null };
  await transaction
    .insertInto('action')
    .values({ ref: row.ref, pack: row.pack, pack_ref: row.pack_ref, ...columns })
    .execute();
}

const sharedWith = (row: WorkflowRow) => ({
  label: row.label,
  description: row.description,
  param_schema: jsonOrNull(row.param_schema),
  out_schema: jsonOrNull(row.out_schema),
});

export const workflowSummaryOf = (row: WorkflowRow): WorkflowSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  version: row.version,
  tags: row.tags,
  created: row.created,
  updated: row.updated,
});

export const workflowOf = (row: WorkflowRow): Workflow => ({
  ...workflowSummaryOf(row),
  pack: row.pack,
  param_schema: row.param_schema,
  out_schema: row.out_schema,
  definition: row.definition,
});
