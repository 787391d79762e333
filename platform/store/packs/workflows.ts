import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import type { CreateWorkflow, UpdateWorkflow, Workflow, WorkflowSummary } from '../../../contract/workflows';
import { shownDocument } from '../../core/secrets/shown-document';
import { shownSchema } from '../../core/secrets/shown-schema';
import type { Taint } from '../../core/secrets/taint';
import { asJson, now, type Transaction } from '../database/connection';
import { optionalJson, nullableJson } from './packs';
import type { Tables } from '../database/tables';
import { countedRows, equalColumns, findVisibleByRef, type CountedRows, type RowRange } from '../database/list-rows';
import { ownedByTenant, visibleToTenant } from '../database/tenant-filter';
import { authorColumns, type Author } from './author';

export type WorkflowRow = Selectable<Tables['workflow_definition']>;

/** Entrypoint of a companion action: the action that runs a workflow. */
export const COMPANION_ENTRYPOINT = 'workflow';

export interface StoredWorkflowFilter {
  readonly pack?: number | undefined;
  readonly packRef?: string | undefined;
  /** Workflows with any of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Text in ref, label or description, ignoring case. */
  readonly search?: string | undefined;
}

/** Of the whole definition, also where a part changes: its tasks get no other permission sets. */
interface SavedWith {
  readonly author: Author;
}

/** Null when the tenant can see none of that ref. */
export async function findWorkflow(transaction: Transaction, ref: string): Promise<WorkflowRow | null> {
  return findVisibleByRef(transaction.selectFrom('workflow_definition').selectAll(), ref);
}

export async function listWorkflows(
  transaction: Transaction,
  filter: StoredWorkflowFilter,
  range: RowRange,
): Promise<CountedRows<WorkflowSummary>> {
  const { pack, packRef, tags, search } = filter;
  let matching = transaction
    .selectFrom('workflow_definition')
    .where(visibleToTenant)
    .where(equalColumns<'workflow_definition'>({ pack, pack_ref: packRef }));
  if (tags !== undefined) matching = matching.where(sql<boolean>`tags && ${[...tags]}::text[]`);
  if (search !== undefined) {
    const text = sql<string>`lower(concat_ws(' ', ref, label, description))`;
    matching = matching.where(sql<boolean>`position(${search.toLowerCase()} in ${text}) > 0`);
  }
  const page = matching.selectAll().orderBy('label').orderBy('id').offset(range.offset).limit(range.limit);
  return countedRows(matching, page, toWorkflowSummary);
}

/**
 * Creates the workflow and its companion action. Throws the database's error for an invalid or
 * taken ref.
 */
export async function createWorkflow(
  transaction: Transaction,
  input: CreateWorkflow & SavedWith,
  pack: { readonly id: number; readonly ref: string },
): Promise<WorkflowRow> {
  const row = await transaction
    .insertInto('workflow_definition')
    .values({
      ref: input.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: input.label,
      description: input.description ?? null,
      version: input.version,
      param_schema: nullableJson(input.param_schema),
      out_schema: nullableJson(input.out_schema),
      definition: asJson(input.definition),
      tags: input.tags ?? [],
      ...authorColumns(input.author),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await createCompanionAction(transaction, row);
  return row;
}

/** Absent fields are kept. The companion action gets the same label, description and schemas. */
export async function updateWorkflow(
  transaction: Transaction,
  id: number,
  change: UpdateWorkflow & SavedWith & { definition?: JsonObject },
): Promise<WorkflowRow> {
  const row = await transaction
    .updateTable('workflow_definition')
    .set({
      label: change.label,
      description: change.description,
      version: change.version,
      param_schema: nullableJson(change.param_schema),
      out_schema: nullableJson(change.out_schema),
      definition: optionalJson(change.definition),
      tags: change.tags ?? undefined,
      ...authorColumns(change.author),
      updated: now,
    })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable('action')
    .set({ ...companionColumns(row), updated: now })
    .where('workflow_def', '=', id)
    .where(ownedByTenant)
    .execute();
  return row;
}

/** Marks a workflow as managed by the pack's files, however it was created. */
export async function markWorkflowFromFile(transaction: Transaction, id: number): Promise<void> {
  const query = transaction.updateTable('workflow_definition').set({ from_file: true }).where('id', '=', id);
  await query.where(ownedByTenant).execute();
}

/** Removes the companion action too, by cascade. */
export async function removeWorkflow(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('workflow_definition').where('id', '=', id).where(ownedByTenant).execute();
}

/** Creates the companion action of a workflow. */
async function createCompanionAction(transaction: Transaction, row: WorkflowRow): Promise<void> {
  const columns = { ...companionColumns(row), entrypoint: COMPANION_ENTRYPOINT, workflow_def: row.id, runtime: null };
  await transaction
    .insertInto('action')
    .values({ ref: row.ref, pack: row.pack, pack_ref: row.pack_ref, ...columns })
    .execute();
}

const companionColumns = (row: WorkflowRow) => ({
  label: row.label,
  description: row.description,
  param_schema: nullableJson(row.param_schema),
  out_schema: nullableJson(row.out_schema),
});

const toWorkflowSummary = (row: WorkflowRow): WorkflowSummary => ({
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

/** `secrets`: those of its definition. */
export const toWorkflow = (row: WorkflowRow, secrets: Taint): Workflow => ({
  ...toWorkflowSummary(row),
  pack: row.pack,
  param_schema: shownSchema(row.param_schema),
  out_schema: shownSchema(row.out_schema),
  definition: shownDocument(row.definition, secrets),
  revision: row.revision,
});
