import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { shownSchema } from '../../core/secrets/shown-schema';
import type {
  CreateQueue,
  DispatchTuning,
  Queue,
  QueueFilter,
  QueueSummary,
  UpdateQueue,
} from '../../../contract/queues';
import { shownParameters } from '../../core/rule-parameters/shown-parameters';
import { asJson, now, type Transaction } from '../database/connection';
import { countRows, equalColumns, pageByRef, type CountedRows, type RowRange } from '../database/list-rows';
import type { Tables } from '../database/tables';
import { optionalJson, patchedValue } from '../packs/packs';

export type QueueRow = Selectable<Tables['work_queue']>;

/** What it refers to, and who wrote that. */
export interface QueueReferences {
  readonly pack?: number | null;
  readonly pack_ref?: string | null;
  readonly dispatch_action?: number;
  readonly dispatch_action_ref?: string;
  readonly owner_identity?: number;
  readonly owner_gone?: boolean;
  readonly permission_limit?: string[] | null;
  readonly saved_by?: number | null;
}

/** Null when this tenant has none. `isLocked`: no one else changes it until the commit. */
export async function findQueue(transaction: Transaction, ref: string, isLocked = false): Promise<QueueRow | null> {
  const query = transaction.selectFrom('work_queue').selectAll().where('ref', '=', ref);
  return (await query.$if(isLocked, (locked) => locked.forNoKeyUpdate()).executeTakeFirst()) ?? null;
}

/** The same by id. */
export async function findQueueById(transaction: Transaction, id: number): Promise<QueueRow | null> {
  const query = transaction.selectFrom('work_queue').selectAll().where('id', '=', id);
  return (await query.executeTakeFirst()) ?? null;
}

/** By ref. `pack`: the id of the pack that they belong to. */
export async function listQueues(
  transaction: Transaction,
  { enabled, is_adhoc, search, pack }: QueueFilter & { readonly pack?: number },
  range: RowRange,
): Promise<CountedRows<QueueRow>> {
  const found = search === undefined ? sql<boolean>`true` : containsText(search);
  const matching = transaction
    .selectFrom('work_queue')
    .where(equalColumns<'work_queue'>({ enabled, is_adhoc, pack }))
    .where(found);
  const rows = await pageByRef(matching.selectAll(), range).execute();
  return { rows, total: await countRows(matching) };
}

const containsText = (text: string) =>
  sql<boolean>`strpos(lower(concat_ws(' ', ref, label, description)), lower(${text})) > 0`;

/** Throws the database's error for an invalid or taken ref. */
export const createQueue = (
  transaction: Transaction,
  { ref, label, description = null, ...input }: CreateQueue,
  references: QueueReferences & { readonly dispatch_action_ref: string },
): Promise<QueueRow> =>
  transaction
    .insertInto('work_queue')
    .values({
      ref,
      label,
      description,
      ...settingColumns(input),
      ...references,
      is_adhoc: (references.pack ?? null) === null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Absent fields are kept. */
export const updateQueue = (
  transaction: Transaction,
  id: number,
  { label, description, ...change }: UpdateQueue,
  references: QueueReferences,
): Promise<QueueRow> =>
  transaction
    .updateTable('work_queue')
    .set({ label, description: patchedValue(description), ...settingColumns(change), ...references, updated: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Its items go with it; executions that process some still end. */
export async function removeQueue(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('work_queue').where('id', '=', id).execute();
}

type Settings = Omit<UpdateQueue, 'label' | 'description' | 'pack_ref' | 'dispatch_action_ref'>;

const settingColumns = (input: Settings) => ({
  enabled: input.enabled,
  accepting_new_items: input.accepting_new_items,
  default_priority: input.default_priority,
  allow_pending_update: input.allow_pending_update,
  update_strategy: input.update_strategy,
  batch_mode: input.batch_mode,
  item_schema: optionalJson(input.item_schema),
  action_params: optionalJson(input.action_params),
  permission_set_refs: input.permission_set_refs,
  config: input.config && asJson(input.config),
});

export const toQueueSummary = (row: QueueRow): QueueSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  is_adhoc: row.is_adhoc,
  label: row.label,
  description: row.description,
  enabled: row.enabled,
  accepting_new_items: row.accepting_new_items,
  dispatch_action_ref: row.dispatch_action_ref,
  created: row.created,
  updated: row.updated,
});

/** `schema`: of its action. */
export const toQueue = (row: QueueRow, schema: JsonObject | null, tuning?: DispatchTuning): Queue => ({
  ...toQueueSummary(row),
  pack: row.pack,
  dispatch_action: row.dispatch_action,
  default_priority: row.default_priority,
  allow_pending_update: row.allow_pending_update,
  update_strategy: row.update_strategy,
  batch_mode: row.batch_mode,
  item_schema: shownSchema(row.item_schema),
  action_params: shownParameters(row.action_params, schema),
  permission_set_refs: row.permission_set_refs,
  config: row.config,
  ...(tuning && { resolved_dispatch_tuning: { ...tuning } }),
});
