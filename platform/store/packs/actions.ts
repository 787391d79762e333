import { sql, type Selectable } from 'kysely';
import type { Action, ActionSearchResult, ActionSummary, CreateAction, UpdateAction } from '../../../contract/actions';
import { ASK_ACTION_REF } from '../../core/inquiry/inquiry-spec';
import { shownSchema } from '../../core/secrets/shown-schema';
import { now, SHARED_TENANT, type Database, type Transaction } from '../database/connection';
import { patchRetention, pickRetention, toPlacementColumns } from './component-columns';
import { patchedValue, optionalJson, nullableJson } from './packs';
import type { Tables } from '../database/tables';
import { authorColumns, type Author } from './author';
import {
  containsWords,
  countedRows,
  findVisibleByRef,
  pageByRef,
  type CountedRows,
  type RowRange,
} from '../database/list-rows';
import { ownedByTenant, visibleToTenant } from '../database/tenant-filter';

export type ActionRow = Selectable<Tables['action']>;

/** The runtime columns of an action. */
export interface ActionRuntimeColumns {
  readonly runtime: number | null;
  readonly runtime_ref: string | null;
}

/** Null when the tenant can see none of that ref. */
export async function findActionRow(transaction: Transaction, ref: string): Promise<ActionRow | null> {
  return findVisibleByRef(transaction.selectFrom('action').selectAll(), ref);
}

interface ActionFilter {
  readonly pack?: number;
  /** Words that its texts must contain. */
  readonly q?: string | undefined;
}

export async function listActions(
  transaction: Transaction,
  { pack, q }: ActionFilter,
  range: RowRange,
): Promise<CountedRows<ActionSummary>> {
  let matching = transaction.selectFrom('action').where(visibleToTenant).where(containsWords(q));
  if (pack !== undefined) matching = matching.where('pack', '=', pack);
  return countedRows(matching, pageByRef(matching.selectAll(), range), toActionSummary);
}

/**
 * Actions whose ref, label or description contains all words, ignoring case; of any of the packs
 * when some are given.
 */
export async function searchActions(
  transaction: Transaction,
  q: string | undefined,
  packs: readonly string[],
  range: RowRange,
): Promise<CountedRows<ActionSearchResult>> {
  let matching = transaction.selectFrom('action').where(visibleToTenant).where(containsWords(q));
  if (packs.length > 0) matching = matching.where('pack_ref', 'in', [...packs]);
  return countedRows(matching, pageByRef(matching.selectAll(), range), toSearchResult);
}

/** Creates an action through the API. Throws the database's error for an invalid or taken ref. */
export async function createAction(
  transaction: Transaction,
  input: CreateAction,
  pack: { readonly id: number; readonly ref: string },
  runtime: ActionRuntimeColumns,
  author: Author,
): Promise<ActionRow> {
  return transaction
    .insertInto('action')
    .values({
      ref: input.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: input.label,
      entrypoint: input.entrypoint,
      is_adhoc: true,
      runtime_version_constraint: input.runtime_version_constraint,
      artifact_retention_policy: input.artifact_retention_policy,
      artifact_retention_limit: input.artifact_retention_limit,
      log_retention_policy: input.log_retention_policy,
      log_retention_limit: input.log_retention_limit,
      timeout_seconds: input.timeout_seconds,
      ...runtime,
      ...toColumns(input),
      ...authorColumns(author),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Absent fields are kept, and so are an undefined `runtime` and, for null, the author. */
export async function updateAction(
  transaction: Transaction,
  id: number,
  change: UpdateAction,
  runtime: ActionRuntimeColumns | undefined,
  author: Author | null,
): Promise<ActionRow> {
  return transaction
    .updateTable('action')
    .set({
      label: change.label,
      entrypoint: change.entrypoint,
      runtime_version_constraint: patchedValue(change.runtime_version_constraint),
      ...patchRetention(change),
      ...runtime,
      timeout_seconds: givenLimit(change.timeout_seconds),
      ...toColumns(change),
      ...(author && authorColumns(author)),
      updated: now,
    })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Undefined: the limit is kept. */
const givenLimit = (limit: UpdateAction['timeout_seconds']): number | null | undefined =>
  typeof limit === 'object' && limit !== null ? patchedValue(limit) : limit;

type EditableFields = Pick<
  CreateAction & UpdateAction,
  | 'description'
  | 'required_worker_runtimes'
  | 'worker_selector'
  | 'worker_tolerations'
  | 'worker_affinity'
  | 'param_schema'
  | 'out_schema'
  | 'accesses_mcp'
  | 'default_execution_permission_set_refs'
  | 'env_schema'
  | 'on_worker_loss'
>;

/**
 * The columns that create and update have in common; absent ones are kept, or get the column's
 * default.
 */
const toColumns = (input: EditableFields) => ({
  description: input.description,
  required_worker_runtimes: optionalJson(input.required_worker_runtimes),
  ...toPlacementColumns(input),
  param_schema: nullableJson(input.param_schema),
  out_schema: nullableJson(input.out_schema),
  accesses_mcp: input.accesses_mcp,
  default_execution_permission_set_refs: input.default_execution_permission_set_refs,
  env_schema: optionalJson(input.env_schema),
  on_worker_loss: input.on_worker_loss,
});

/**
 * Takes the ids of deleted actions from up to `maxCount` executions. Returns whether there may be
 * more to do.
 */
export const clearRemovedActionIds = (db: Database, maxCount: number): Promise<boolean> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ more: boolean }>`select clear_removed_actions(${maxCount}) as more`.execute(
      transaction,
    );
    return rows[0]!.more;
  });

/**
 * Also removes the workflow of a companion action. Executions keep the ref; their ids of the
 * action are cleared later (`clearRemovedActionIds`).
 */
export async function removeAction(transaction: Transaction, { id, workflow_def }: ActionRow): Promise<void> {
  await transaction.deleteFrom('action').where('id', '=', id).where(ownedByTenant).execute();
  if (workflow_def === null) return;
  await transaction.deleteFrom('workflow_definition').where('id', '=', workflow_def).where(ownedByTenant).execute();
}

const onlyAsTask = ({ ref, tenant }: ActionRow): { only_as_task?: true } =>
  ref === ASK_ACTION_REF && tenant === SHARED_TENANT ? { only_as_task: true } : {};

const toActionSummary = (row: ActionRow): ActionSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  entrypoint: row.entrypoint,
  runtime: row.runtime,
  ...withoutEmpty({ runtime_ref: row.runtime_ref, runtime_version_constraint: row.runtime_version_constraint }),
  ...withoutEmpty({ required_worker_runtimes: row.required_worker_runtimes, worker_selector: row.worker_selector }),
  ...withoutEmpty({ worker_tolerations: row.worker_tolerations }),
  ...withoutEmpty({ worker_affinity: row.worker_affinity, workflow_def: row.workflow_def }),
  accesses_mcp: row.accesses_mcp,
  ...withoutEmpty({ default_execution_permission_set_refs: row.default_execution_permission_set_refs }),
  ...withoutEmpty({ timeout_seconds: row.timeout_seconds, ...pickRetention(row) }),
  ...(row.on_worker_loss === 'abandon' && { on_worker_loss: row.on_worker_loss }),
  ...onlyAsTask(row),
  enabled: true,
  created: row.created,
  updated: row.updated,
});

export const toAction = (row: ActionRow): Action => ({
  ...toActionSummary(row),
  pack: row.pack ?? 0,
  param_schema: shownSchema(row.param_schema),
  out_schema: shownSchema(row.out_schema),
  ...withoutEmpty({ env_schema: shownSchema(row.env_schema) }),
  is_adhoc: row.is_adhoc,
});

const toSearchResult = (row: ActionRow): ActionSearchResult => ({
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  ...withoutEmpty({ description: row.description, runtime_ref: row.runtime_ref }),
  is_workflow: row.workflow_def !== null,
  ...onlyAsTask(row),
  accesses_mcp: row.accesses_mcp,
});

type WithoutEmpty<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** Leaves out null, `[]` and `{}`, as the API does. */
function withoutEmpty<T extends object>(values: T): WithoutEmpty<T> {
  const hasValue = (value: unknown): boolean =>
    value !== null && value !== undefined && !(typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => hasValue(value))) as WithoutEmpty<T>;
}
