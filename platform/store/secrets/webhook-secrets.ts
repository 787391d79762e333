import type { Pool } from 'pg';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { vaultOf, type Transaction } from '../database/connection';
import type { SealBinding, TenantRow, Vault } from './vault';

/** As stored: without the secret of the signature, and sealed. Null: it has none. */
export interface SealedWebhook {
  readonly config: Json;
  readonly secret: string | null;
}

const secretBinding = ({ tenant, id }: TenantRow): SealBinding => ({
  tenant,
  table: 'trigger',
  row: id,
  column: 'webhook_secret',
});

/** The sections that have a secret; a webhook has one of them. */
const SECTIONS = ['signature', 'hmac'] as const;

/** Separates the secret (`signature.secret`, `hmac.secret`) from the settings of a webhook. */
export function sealWebhookConfig(vault: Vault, trigger: TenantRow, config: Json): SealedWebhook {
  if (!isObject(config)) return { config, secret: null };
  let sealed: string | null = null;
  const settings: JsonObject = { ...config };
  for (const name of SECTIONS) {
    const section = config[name];
    if (!isObject(section)) continue;
    const { secret, ...others } = section;
    if (typeof secret !== 'string') continue;
    settings[name] = others;
    sealed ??= vault.seal(secret, secretBinding(trigger));
  }
  return { config: settings, secret: sealed };
}

interface StoredWebhook extends TenantRow {
  readonly webhook_config: Json;
  readonly webhook_defaults: Json;
  readonly webhook_secret: string | null;
}

/** The settings of a webhook, as those of its pack and its own. A key of its own replaces one. */
const mergeWebhookConfig = (defaults: Json, config: Json): Json =>
  isObject(defaults) && (isObject(config) || config === null) ? { ...defaults, ...config } : config;

/** The settings of a webhook with its secret. Throws UnsealFailed. */
export function openWebhookConfig(transaction: Transaction, row: StoredWebhook): Json {
  const { webhook_config: own, webhook_defaults: defaults, webhook_secret: sealed } = row;
  const config = mergeWebhookConfig(defaults, own);
  if (sealed === null || !isObject(own) || !isObject(config)) return config;
  const name = SECTIONS.find((section) => isObject(own[section]));
  const section = name === undefined ? undefined : own[name];
  if (name === undefined || !isObject(section)) return config;
  const secret = vaultOf(transaction).unseal(sealed, secretBinding(row));
  return { ...config, [name]: { secret, ...section } };
}

interface ClearWebhook extends TenantRow {
  readonly webhook_config: Json;
  readonly clear: string;
}

/**
 * Seals the secrets that are in clear: of an earlier version, or written with SQL. `pool`: of the
 * owner of the database.
 */
export async function sealClearWebhookSecrets(pool: Pick<Pool, 'query'>, vault: Vault): Promise<void> {
  const { rows } = await pool.query<ClearWebhook>(
    `select id, tenant, webhook_config, webhook_config::text as clear from trigger
      where 'string' in (json_typeof(webhook_config #> '{hmac,secret}'),
        json_typeof(webhook_config #> '{signature,secret}'))`,
  );
  for (const row of rows) {
    const { config, secret } = sealWebhookConfig(vault, row, row.webhook_config);
    await pool.query(
      `update trigger set webhook_config = $1, webhook_secret = $2
        where id = $3 and webhook_config::text = $4`,
      [writeJson(config), secret, row.id, row.clear],
    );
  }
}
