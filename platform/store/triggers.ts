import { randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { Json } from '../../contract/json';
import type { CreateTrigger, Trigger, TriggerSummary, UpdateTrigger } from '../../contract/triggers';
import { now, type Transaction } from './database';
import { cleared, jsonOrNull } from './packs';
import type { TriggerTable } from './tables';
import { own, ownFirst, seen, type Counted, type Slice } from './walls';

export type TriggerRow = Selectable<TriggerTable>;

export interface TriggerFilter {
  readonly pack?: number;
  readonly enabledOnly?: boolean;
}

/** Null where there is none that this tenant may see. */
export async function findTrigger(transaction: Transaction, ref: string): Promise<TriggerRow | null> {
  const query = transaction.selectFrom('trigger').selectAll().where('ref', '=', ref).where(seen).orderBy(ownFirst);
  return (await query.executeTakeFirst()) ?? null;
}

/** Of this tenant only. Null where there is none. */
export async function findTriggerById(transaction: Transaction, id: number): Promise<TriggerRow | null> {
  const query = transaction.selectFrom('trigger').selectAll().where('id', '=', id).where(own);
  return (await query.executeTakeFirst()) ?? null;
}

export async function listTriggers(
  transaction: Transaction,
  { pack, enabledOnly }: TriggerFilter,
  slice: Slice,
): Promise<Counted<TriggerSummary>> {
  let wanted = transaction.selectFrom('trigger').where(seen);
  if (pack !== undefined) wanted = wanted.where('pack', '=', pack);
  if (enabledOnly) wanted = wanted.where('enabled', '=', true);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await wanted.selectAll().orderBy('ref').offset(slice.offset).limit(slice.limit).execute();
  return { rows: rows.map(triggerSummaryOf), total };
}

/** A trigger made through the API. Throws the database's refusal of the ref. */
export const createTrigger = (
  transaction: Transaction,
  wanted: CreateTrigger,
  pack: { readonly id: number; readonly ref: string } | null,
): Promise<TriggerRow> =>
  transaction
    .insertInto('trigger')
    .values({
      ref: wanted.ref,
      pack: pack?.id ?? null,
      pack_ref: pack?.ref ?? null,
      label: wanted.label,
      description: wanted.description ?? null,
      param_schema: jsonOrNull(wanted.param_schema),
      out_schema: jsonOrNull(wanted.out_schema),
      enabled: wanted.enabled,
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** What is absent stays. */
export const updateTrigger = (transaction: Transaction, id: number, change: UpdateTrigger): Promise<TriggerRow> =>
  edit(transaction, id, {
    label: change.label,
    description: cleared(change.description),
    param_schema: jsonOrNull(cleared(change.param_schema)),
    out_schema: jsonOrNull(cleared(change.out_schema)),
    enabled: change.enabled,
  });

/** Rules and events keep the ref. */
export async function removeTrigger(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('trigger').where('id', '=', id).where(own).execute();
}

/** Forgets the security settings; a key that there is stays. */
export const enableWebhook = (transaction: Transaction, { id, webhook_key }: TriggerRow): Promise<TriggerRow> =>
  edit(transaction, id, { webhook_enabled: true, webhook_config: null, webhook_key: webhook_key ?? freshKey() });

/** The key dies. */
export const disableWebhook = (transaction: Transaction, id: number): Promise<TriggerRow> =>
  edit(transaction, id, { webhook_enabled: false, webhook_key: null });

export const regenerateWebhook = (transaction: Transaction, id: number): Promise<TriggerRow> =>
  edit(transaction, id, { webhook_key: freshKey() });

export const secureWebhook = (transaction: Transaction, id: number, config: Json): Promise<TriggerRow> =>
  edit(transaction, id, { webhook_config: jsonOrNull(config) ?? null });

const KEY_BYTES = 16;
const freshKey = (): string => `wh_${randomBytes(KEY_BYTES).toString('hex')}`;

interface Change {
  readonly label?: string | undefined;
  readonly description?: string | null | undefined;
  readonly param_schema?: string | null | undefined;
  readonly out_schema?: string | null | undefined;
  readonly enabled?: boolean | undefined;
  readonly webhook_enabled?: boolean;
  readonly webhook_key?: string | null;
  readonly webhook_config?: string | null;
}

const edit = (transaction: Transaction, id: number, change: Change): Promise<TriggerRow> =>
  transaction
    .updateTable('trigger')
    .set({ ...change, updated: now })
    .where('id', '=', id)
    .where(own)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Reaches across tenants: the trigger that a key opens, and whose it is. Null for a key that opens nothing. */
export async function triggerOfKey(
  transaction: Transaction,
  key: string,
): Promise<{ readonly trigger: number; readonly tenant: number } | null> {
  const { rows } = await sql<{ trigger: number; tenant: number }>`
    select trigger, tenant from trigger_by_webhook_key(${key})`.execute(transaction);
  return rows[0] ?? null;
}

export const triggerSummaryOf = (row: TriggerRow): TriggerSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  enabled: row.enabled,
  webhook_enabled: row.webhook_enabled,
  created: row.created,
  updated: row.updated,
});

export const triggerOf = (row: TriggerRow): Trigger => ({
  ...triggerSummaryOf(row),
  pack: row.pack,
  param_schema: row.param_schema,
  out_schema: row.out_schema,
  ...(row.webhook_key !== null && { webhook_key: row.webhook_key }),
  is_adhoc: row.is_adhoc,
  ...(row.sensor !== null && { sensor: row.sensor }),
  ...(row.sensor !== null && row.sensor_ref !== null && { sensor_ref: row.sensor_ref }),
});
