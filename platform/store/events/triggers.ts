import { randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { Json } from '../../../contract/json';
import type { CreateTrigger, Trigger, TriggerSummary, UpdateTrigger } from '../../../contract/triggers';
import { shownSchema } from '../../core/secrets/shown-schema';
import { now, vaultOf, type Transaction } from '../database/connection';
import { patchedValue, nullableJson } from '../packs/packs';
import type { Tables } from '../database/tables';
import {
  containsWords,
  countedRows,
  findVisibleByRef,
  pageByRef,
  type CountedRows,
  type RowRange,
} from '../database/list-rows';
import { sealWebhookConfig } from '../secrets/webhook-secrets';
import { ownedByTenant, visibleToTenant } from '../database/tenant-filter';

export type TriggerRow = Selectable<Tables['trigger']>;

interface TriggerFilter {
  readonly pack?: number;
  readonly enabledOnly?: boolean;
  /** Words that its texts must contain. */
  readonly q?: string | undefined;
}

/** Null when the tenant can see none of that ref. */
export async function findTrigger(transaction: Transaction, ref: string): Promise<TriggerRow | null> {
  return findVisibleByRef(transaction.selectFrom('trigger').selectAll(), ref);
}

/** Null when this tenant has none of that id. */
export async function findTriggerById(transaction: Transaction, id: number): Promise<TriggerRow | null> {
  const query = transaction.selectFrom('trigger').selectAll().where('id', '=', id).where(ownedByTenant);
  return (await query.executeTakeFirst()) ?? null;
}

export async function listTriggers(
  transaction: Transaction,
  { pack, enabledOnly, q }: TriggerFilter,
  range: RowRange,
): Promise<CountedRows<TriggerSummary>> {
  let matching = transaction.selectFrom('trigger').where(visibleToTenant).where(containsWords(q));
  if (pack !== undefined) matching = matching.where('pack', '=', pack);
  if (enabledOnly) matching = matching.where('enabled', '=', true);
  return countedRows(matching, pageByRef(matching.selectAll(), range), toTriggerSummary);
}

/** Creates a trigger through the API. Throws the database's error for an invalid or taken ref. */
export const createTrigger = (
  transaction: Transaction,
  input: CreateTrigger,
  pack: { readonly id: number; readonly ref: string } | null,
): Promise<TriggerRow> =>
  transaction
    .insertInto('trigger')
    .values({
      ref: input.ref,
      pack: pack?.id ?? null,
      pack_ref: pack?.ref ?? null,
      label: input.label,
      description: input.description ?? null,
      param_schema: nullableJson(input.param_schema),
      out_schema: nullableJson(input.out_schema),
      enabled: input.enabled,
      is_adhoc: true,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Absent fields are kept. */
export const updateTrigger = (transaction: Transaction, id: number, change: UpdateTrigger): Promise<TriggerRow> =>
  setColumns(transaction, id, {
    label: change.label,
    description: patchedValue(change.description),
    param_schema: nullableJson(patchedValue(change.param_schema)),
    out_schema: nullableJson(patchedValue(change.out_schema)),
    enabled: change.enabled,
  });

/** Rules and events keep the ref. */
export async function removeTrigger(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('trigger').where('id', '=', id).where(ownedByTenant).execute();
}

/** Resets the security settings; an existing key is kept. */
export const enableWebhook = (transaction: Transaction, { id, webhook_key }: TriggerRow): Promise<TriggerRow> =>
  setColumns(transaction, id, {
    webhook_enabled: true,
    webhook_config: null,
    webhook_secret: null,
    webhook_key: webhook_key ?? generateWebhookKey(),
  });

/** Revokes the key. */
export const disableWebhook = (transaction: Transaction, id: number): Promise<TriggerRow> =>
  setColumns(transaction, id, { webhook_enabled: false, webhook_key: null });

export const regenerateWebhookKey = (transaction: Transaction, id: number): Promise<TriggerRow> =>
  setColumns(transaction, id, { webhook_key: generateWebhookKey() });

/** The secret of its signature is sealed. */
export function setWebhookConfig(
  transaction: Transaction,
  { id, tenant }: TriggerRow,
  config: Json,
): Promise<TriggerRow> {
  const sealed = sealWebhookConfig(vaultOf(transaction), { id, tenant }, config);
  return setColumns(transaction, id, {
    webhook_config: nullableJson(sealed.config) ?? null,
    webhook_secret: sealed.secret,
  });
}

const KEY_BYTES = 16;
const generateWebhookKey = (): string => `wh_${randomBytes(KEY_BYTES).toString('hex')}`;

interface TriggerColumns {
  readonly label?: string | undefined;
  readonly description?: string | null | undefined;
  readonly param_schema?: string | null | undefined;
  readonly out_schema?: string | null | undefined;
  readonly enabled?: boolean | undefined;
  readonly webhook_enabled?: boolean;
  readonly webhook_key?: string | null;
  readonly webhook_config?: string | null;
  readonly webhook_secret?: string | null;
}

const setColumns = (transaction: Transaction, id: number, change: TriggerColumns): Promise<TriggerRow> =>
  transaction
    .updateTable('trigger')
    .set({ ...change, updated: now })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Finds the trigger of a webhook key in any tenant. Null for an unknown key. */
export async function findTriggerByWebhookKey(
  transaction: Transaction,
  key: string,
): Promise<{ readonly trigger: number; readonly tenant: number } | null> {
  const { rows } = await sql<{ trigger: number; tenant: number }>`
    select trigger, tenant from trigger_by_webhook_key(${key})`.execute(transaction);
  return rows[0] ?? null;
}

const toTriggerSummary = (row: TriggerRow): TriggerSummary => ({
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

export const toTrigger = (row: TriggerRow): Trigger => ({
  ...toTriggerSummary(row),
  pack: row.pack,
  param_schema: shownSchema(row.param_schema),
  out_schema: shownSchema(row.out_schema),
  ...(row.webhook_key !== null && { webhook_key: row.webhook_key }),
  is_adhoc: row.is_adhoc,
  ...(row.sensor !== null && { sensor: row.sensor }),
  ...(row.sensor !== null && row.sensor_ref !== null && { sensor_ref: row.sensor_ref }),
});
