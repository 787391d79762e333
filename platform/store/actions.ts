import { sql, type Selectable } from 'kysely';
import type { Action, ActionHit, ActionSummary, CreateAction, UpdateAction } from '../../contract/actions';
import { now, type Transaction } from './database';
import { cleared, jsonOf, jsonOrNull } from './packs';
import type { ActionTable } from './tables';
import { own, ownFirst, seen, type Counted, type Slice } from './walls';

export type ActionRow = Selectable<ActionTable>;

/** Its runtime, as a row refers to it. */
export interface RuntimeOfAction {
  readonly runtime: number | null;
  readonly runtime_ref: string | null;
}

/** Null where there is none that this tenant may see. */
export async function findActionRow(transaction: Transaction, ref: string): Promise<ActionRow | null> {
  const query = transaction.selectFrom('action').selectAll().where('ref', '=', ref).where(seen).orderBy(ownFirst);
  return (await query.executeTakeFirst()) ?? null;
}

/** All, or those of one pack. */
export async function listActions(
  transaction: Transaction,
  slice: Slice,
  pack: number | null = null,
): Promise<Counted<ActionSummary>> {
  let wanted = transaction.selectFrom('action').where(seen);
  if (pack !== null) wanted = wanted.where('pack', '=', pack);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted.selectAll().orderBy('ref').offset(slice.offset).limit(slice.limit).execute();
  return { rows: rows.map(actionSummaryOf), total };
}

/** Actions in whose ref, label or description all words stand, case aside; of any of the packs, where some are named. */
export async function searchActions(
  transaction: Transaction,
  words: readonly string[],
  packs: readonly string[],
  slice: Slice,
): Promise<Counted<ActionHit>> {
  const text = sql<string>`lower(concat_ws(' ', ref, label, description))`;
  let wanted = transaction.selectFrom('action').where(seen);
  for (const word of words) wanted = wanted.where(sql<boolean>`position(${word.toLowerCase()} in ${text}) > 0`);
  if (packs.length > 0) wanted = wanted.where('pack_ref', 'in', [...packs]);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted.selectAll().orderBy('ref').offset(slice.offset).limit(slice.limit).execute();
  return { rows: rows.map(hitOf), total };
}

/** An action made through the API. Throws the database's refusal of the ref. */
export async function createAction(
  transaction: Transaction,
  wanted: CreateAction,
  pack: { readonly id: number; readonly ref: string },
  runtime: RuntimeOfAction,
): Promise<ActionRow> {
  return transaction
    .insertInto('action')
    .values({
      ref: wanted.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: wanted.label,
      entrypoint: wanted.entrypoint,
      is_adhoc: true,
      runtime_version_constraint: wanted.runtime_version_constraint,
      artifact_retention_policy: wanted.artifact_retention_policy,
      artifact_retention_limit: wanted.artifact_retention_limit,
      log_retention_policy: wanted.log_retention_policy,
      log_retention_limit: wanted.log_retention_limit,
      ...runtime,
      ...columnsOf(wanted),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What is absent stays; `runtime` undefined stays too. */
export async function updateAction(
  transaction: Transaction,
  id: number,
  change: UpdateAction,
  runtime: RuntimeOfAction | undefined,
): Promise<ActionRow> {
  return transaction
    .updateTable('action')
    .set({
      label: change.label,
      entrypoint: change.entrypoint,
      runtime_version_constraint: cleared(change.runtime_version_constraint),
      artifact_retention_policy: cleared(change.artifact_retention_policy),
      artifact_retention_limit: cleared(change.artifact_retention_limit),
      log_retention_policy: cleared(change.log_retention_policy),
      log_retention_limit: cleared(change.log_retention_limit),
      ...runtime,
      ...columnsOf(change),
      updated: now,
    })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();
}

type Common = Pick<
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
  | 'timeout_seconds'
>;

/** The columns that create and update write alike; what is absent stays, or takes the column's default. */
const columnsOf = (given: Common) => ({
  description: given.description,
  required_worker_runtimes: jsonOf(given.required_worker_runtimes),
  worker_selector: jsonOf(given.worker_selector),
  worker_tolerations: jsonOf(given.worker_tolerations),
  worker_affinity: jsonOf(given.worker_affinity),
  param_schema: jsonOrNull(given.param_schema),
  out_schema: jsonOrNull(given.out_schema),
  accesses_mcp: given.accesses_mcp,
  default_execution_permission_set_refs: given.default_execution_permission_set_refs,
  timeout_seconds: given.timeout_seconds,
});

/** With the workflow it stands for, if any. Executions keep the ref. */
export async function removeAction(transaction: Transaction, { id, workflow_def }: ActionRow): Promise<void> {
  await transaction.deleteFrom('action').where('id', '=', id).where(own).execute();
  if (workflow_def === null) return;
  await transaction.deleteFrom('workflow_definition').where('id', '=', workflow_def).where(own).execute();
}

export const actionSummaryOf = (row: ActionRow): ActionSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  entrypoint: row.entrypoint,
  runtime: row.runtime,
  ...filled({ runtime_ref: row.runtime_ref, runtime_version_constraint: row.runtime_version_constraint }),
  ...filled({ required_worker_runtimes: row.required_worker_runtimes, worker_selector: row.worker_selector }),
  ...filled({ worker_tolerations: row.worker_tolerations }),
  ...filled({ worker_affinity: row.worker_affinity, workflow_def: row.workflow_def }),
  accesses_mcp: row.accesses_mcp,
  ...filled({ default_execution_permission_set_refs: row.default_execution_permission_set_refs }),
  ...filled({ timeout_seconds: row.timeout_seconds, ...retentionOf(row) }),
  created: row.created,
  updated: row.updated,
});

export const actionOf = (row: ActionRow): Action => ({
  ...actionSummaryOf(row),
  pack: row.pack ?? 0,
  param_schema: row.param_schema,
  out_schema: row.out_schema,
  is_adhoc: row.is_adhoc,
});

const hitOf = (row: ActionRow): ActionHit => ({
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  ...filled({ description: row.description, runtime_ref: row.runtime_ref }),
  is_workflow: row.workflow_def !== null,
  accesses_mcp: row.accesses_mcp,
});

const retentionOf = (row: ActionRow) => ({
  artifact_retention_policy: row.artifact_retention_policy,
  artifact_retention_limit: row.artifact_retention_limit,
  log_retention_policy: row.log_retention_policy,
  log_retention_limit: row.log_retention_limit,
});

type Filled<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** The keys that have a value: null, `[]` and `{}` are left out, as the wire says. */
function filled<T extends object>(values: T): Filled<T> {
  const has = (value: unknown): boolean =>
    value !== null && value !== undefined && !(typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => has(value))) as Filled<T>;
}
