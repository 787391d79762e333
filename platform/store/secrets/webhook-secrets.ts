import type { Pool } from 'pg';
import { isObject, type Json } from '../../../contract/json';
import { vaultOf, type Transaction } from '../database/connection';
import type { SealBinding, Vault } from './vault';

interface TriggerKey {
  readonly tenant: number;
  readonly id: number;
}

/** As stored: without the secret of the signature, and sealed. Null: it has none. */
export interface SealedWebhook {
  readonly config: Json;
  readonly secret: string | null;
}

const secretBinding = ({ tenant, id }: TriggerKey): SealBinding => ({
  tenant,
  table: 'trigger',
  row: id,
  column: 'webhook_secret',
});

/** Separates the secret (`hmac.secret`) from the settings of a webhook. */
export function sealWebhookConfig(vault: Vault, trigger: TriggerKey, config: Json): SealedWebhook {
  const hmac = isObject(config) ? config.hmac : undefined;
  if (!isObject(config) || !isObject(hmac) || typeof hmac.secret !== 'string') return { config, secret: null };
  const { secret, ...others } = hmac;
  return { config: { ...config, hmac: others }, secret: vault.seal(secret, secretBinding(trigger)) };
}

interface StoredWebhook extends TriggerKey {
  readonly webhook_config: Json;
  readonly webhook_secret: string | null;
}

/** The settings of a webhook with its secret. Throws UnsealFailed. */
export function openWebhookConfig(transaction: Transaction, row: StoredWebhook): Json {
  const { webhook_config: config, webhook_secret: sealed } = row;
  const hmac = isObject(config) ? config.hmac : undefined;
  if (sealed === null || !isObject(config) || !isObject(hmac)) return config;
  const secret = vaultOf(transaction).unseal(sealed, secretBinding(row));
  return { ...config, hmac: { secret, ...hmac } };
}

interface ClearWebhook extends TriggerKey {
  readonly webhook_config: Json;
  readonly clear: string;
}

/**
 * Seals the secrets that are in clear: of an earlier version, or written with SQL. `pool`: of the
 * owner of the database.
 */
export async function sealClearWebhookSecrets(pool: Pick<Pool, 'query'>, vault: Vault): Promise<void> {
  const { rows } = await pool.query<ClearWebhook>(
    `select id, tenant, webhook_config, webhook_config #>> '{hmac,secret}' as clear from trigger
      where json_typeof(webhook_config #> '{hmac,secret}') = 'string'`,
  );
  for (const row of rows) {
    const { config, secret } = sealWebhookConfig(vault, row, row.webhook_config);
    await pool.query(
      `update trigger set webhook_config = $1, webhook_secret = $2
        where id = $3 and webhook_config #>> '{hmac,secret}' = $4`,
      [JSON.stringify(config), secret, row.id, row.clear],
    );
  }
}
