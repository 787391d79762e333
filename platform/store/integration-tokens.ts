import { createHash, randomBytes } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { CreateIntegrationToken, IntegrationToken } from '../../contract/integration-tokens';
import { now, type Transaction } from './database';
import type { IntegrationTokenTable } from './rows-access';

/** `attune_it_`, then 32 random bytes in base64url. */
const PREFIX = 'attune_it_';
const SECRET_BYTES = 32;
const SHOWN = { first: 18, last: 6 } as const;

type Row = Selectable<IntegrationTokenTable>;

const isActive = sql<boolean>`revoked_at is null and (expires_at is null or expires_at > ${now})`.as('active');

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const shown = ({ identity, ...row }: Row & { readonly active: boolean }): IntegrationToken => ({
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
export async function integrationTokensOf(transaction: Transaction, identity: number): Promise<IntegrationToken[]> {
  const rows = await transaction
    .selectFrom('integration_token')
    .selectAll()
    .select(isActive)
    .where('identity', '=', identity)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(shown);
}

/** The secret is told here and never again: what is kept is its hash and its ends. */
export async function createIntegrationToken(
  transaction: Transaction,
  identity: number,
  maker: number,
  { label, description, expires_at }: CreateIntegrationToken,
): Promise<{ secret: string; token: IntegrationToken }> {
  const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const row = await transaction
    .insertInto('integration_token')
    .values({
      ...{ identity, label, created_by: maker },
      description: description ?? null,
      expires_at: expires_at ?? null,
      token_hash: hashOf(secret),
      token_prefix: secret.slice(0, SHOWN.first),
      token_suffix: secret.slice(-SHOWN.last),
    })
    .returningAll()
    .returning(isActive)
    .executeTakeFirstOrThrow();
  return { secret, token: shown(row) };
}

/** Once revoked it stays as it was revoked first. Null where the identity has no such token. */
export async function revokeIntegrationToken(
  transaction: Transaction,
  { id, identity }: { readonly id: number; readonly identity: number },
  by: number,
  reason: string | null,
): Promise<IntegrationToken | null> {
  await transaction
    .updateTable('integration_token')
    .set({ revoked_at: now, revoked_by: by, revocation_reason: reason, updated: now })
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
  return row ? shown(row) : null;
}

/** False: the identity has no such token. */
export async function removeIntegrationToken(transaction: Transaction, identity: number, id: number): Promise<boolean> {
  const { numDeletedRows } = await transaction
    .deleteFrom('integration_token')
    .where('id', '=', id)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

export interface KnownIntegrationToken {
  readonly id: number;
  readonly tenant: number;
  readonly identity: number;
}

/** Reaches across tenants: whose secret this is. Null for one that is unknown, revoked or expired: the three are alike. */
export const integrationTokenBySecret = (
  transaction: Transaction,
  secret: string,
): Promise<KnownIntegrationToken | null> =>
  active(sql<Looked>`select * from integration_token_by_hash(${hashOf(secret)})`.execute(transaction));

/** The same by the id that a refresh token carries. */
export const integrationTokenById = (transaction: Transaction, id: number): Promise<KnownIntegrationToken | null> =>
  active(sql<Looked>`select * from integration_token_by_id(${id})`.execute(transaction));

type Looked = KnownIntegrationToken & { readonly is_active: boolean };

async function active(query: Promise<{ readonly rows: readonly Looked[] }>): Promise<KnownIntegrationToken | null> {
  const [found] = (await query).rows;
  return found?.is_active ? found : null;
}

export const noteUse = (transaction: Transaction, id: number, address: string | null) =>
  transaction
    .updateTable('integration_token')
    .set({ last_used_at: now, last_used_ip: address })
    .where('id', '=', id)
    .execute();
