import { randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { CreateIntegrationToken, IntegrationToken } from '../../../contract/integration-tokens';
import { now, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { sha256Hex } from '../database/sha256';

/** `attune_it_`, then 32 random bytes in base64url. */
const TOKEN_PREFIX = 'attune_it_';
const SECRET_BYTES = 32;
const SHOWN_CHARACTERS = { first: 18, last: 6 } as const;

type Row = Selectable<Tables['integration_token']>;

const isActive = sql<boolean>`revoked_at is null and (expires_at is null or expires_at > ${now})`.as('active');

const toIntegrationToken = ({ identity, ...row }: Row & { readonly active: boolean }): IntegrationToken => ({
  id: row.id,
  identity_id: identity,
  label: row.label,
  description: row.description,
  token_prefix: row.token_prefix,
  token_suffix: row.token_suffix,
  created_by: row.created_by,
  expires_at: row.expires_at,
  last_used_at: row.last_used_at,
  last_used_ip: row.last_used_ip,
  revoked_at: row.revoked_at,
  revoked_by: row.revoked_by,
  revocation_reason: row.revocation_reason,
  active: row.active,
  created: row.created,
  updated: row.updated,
});

/** Newest first. */
export async function listIntegrationTokens(transaction: Transaction, identity: number): Promise<IntegrationToken[]> {
  const rows = await transaction
    .selectFrom('integration_token')
    .selectAll()
    .select(isActive)
    .where('identity', '=', identity)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toIntegrationToken);
}

/**
 * Returns the secret, which cannot be read again: the row holds its hash and its first and last
 * characters.
 */
export async function createIntegrationToken(
  transaction: Transaction,
  identity: number,
  creator: number,
  { label, description, expires_at }: CreateIntegrationToken,
): Promise<{ secret: string; token: IntegrationToken }> {
  const secret = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const row = await transaction
    .insertInto('integration_token')
    .values({
      identity,
      label,
      created_by: creator,
      description: description ?? null,
      expires_at: expires_at ?? null,
      token_hash: sha256Hex(secret),
      token_prefix: secret.slice(0, SHOWN_CHARACTERS.first),
      token_suffix: secret.slice(-SHOWN_CHARACTERS.last),
    })
    .returningAll()
    .returning(isActive)
    .executeTakeFirstOrThrow();
  return { secret, token: toIntegrationToken(row) };
}

/** The first revocation is kept. Null when the identity has no such token. */
export async function revokeIntegrationToken(
  transaction: Transaction,
  { id, identity }: { readonly id: number; readonly identity: number },
  revokedBy: number,
  reason: string | null,
): Promise<IntegrationToken | null> {
  await transaction
    .updateTable('integration_token')
    .set({ revoked_at: now, revoked_by: revokedBy, revocation_reason: reason, updated: now })
    .where('id', '=', id)
    .where('identity', '=', identity)
    .where('revoked_at', 'is', null)
    .execute();
  const row = await transaction
    .selectFrom('integration_token')
    .selectAll()
    .select(isActive)
    .where('id', '=', id)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return row ? toIntegrationToken(row) : null;
}

/** False when the identity has no such token. */
export async function removeIntegrationToken(transaction: Transaction, identity: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await transaction
    .deleteFrom('integration_token')
    .where('id', '=', id)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

export interface ActiveIntegrationToken {
  readonly id: number;
  readonly tenant: number;
  readonly identity: number;
  /** RFC 3339; null: it has no end. */
  readonly expires_at: string | null;
}

/**
 * Searches all tenants. Null for a secret that is unknown, revoked or expired, without
 * distinction.
 */
export const findIntegrationTokenBySecret = (
  transaction: Transaction,
  secret: string,
): Promise<ActiveIntegrationToken | null> =>
  active(sql<TokenLookup>`select * from find_integration_token(by_hash => ${sha256Hex(secret)})`.execute(transaction));

/** The same by the id in a refresh token. */
export const findIntegrationTokenById = (
  transaction: Transaction,
  id: number,
): Promise<ActiveIntegrationToken | null> =>
  active(sql<TokenLookup>`select * from find_integration_token(by_id => ${id})`.execute(transaction));

type TokenLookup = ActiveIntegrationToken & { readonly is_active: boolean };

async function active(
  query: Promise<{ readonly rows: readonly TokenLookup[] }>,
): Promise<ActiveIntegrationToken | null> {
  const [token] = (await query).rows;
  return token?.is_active ? token : null;
}

export const recordTokenUse = (transaction: Transaction, id: number, address: string | null) =>
  transaction
    .updateTable('integration_token')
    .set({ last_used_at: now, last_used_ip: address })
    .where('id', '=', id)
    .execute();
