import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { DEFAULT_TENANT, now, type Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';
import { assignedSets, parsePermissionSet, type EffectivePermissionSet, type StoredPermissionSet } from './grants';

export interface IdentityAccount {
  readonly id: number;
  readonly tenant: number;
  readonly login: string;
  readonly display_name: string | null;
  readonly password_hash: string | null;
  /** True when the identity or its tenant is frozen. */
  readonly frozen: boolean;
  /** A token of an earlier epoch is invalid. */
  readonly session_epoch: number;
}

interface NewIdentity {
  readonly login: string;
  readonly displayName: string | null;
  readonly passwordHash: string;
}

/** Ends every session of an identity, where it is updated. */
export const nextSessionEpoch = sql<number>`session_epoch + 1`;

const COLUMNS = ['id', 'tenant', 'login', 'display_name', 'password_hash', 'frozen', 'session_epoch'] as const;

/**
 * Creates an identity without grants in the transaction's tenant; null when the login is taken in
 * any tenant.
 */
export async function createIdentity(transaction: Transaction, input: NewIdentity): Promise<IdentityAccount | null> {
  const row = await transaction
    .insertInto('identity')
    .values({
      login: input.login,
      display_name: input.displayName,
      password_hash: input.passwordHash,
    })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Searches all tenants: logins are unique on the whole platform. */
export async function findIdentityByLogin(transaction: Transaction, login: string): Promise<IdentityAccount | null> {
  const { rows } = await sql<IdentityAccount>`select * from find_identity(by_login => ${login})`.execute(transaction);
  return rows[0] ?? null;
}

/** An identity, and whether the log-in of its token was ended by itself. */
export interface SessionIdentity extends IdentityAccount {
  readonly isEnded: boolean;
}

/** What a token says of the log-in that it came from. */
export interface NamedSession {
  readonly identity: number;
  readonly session: { readonly id: string } | null;
  readonly integrationToken: number | null;
}

const isEnded = ({ session, integrationToken }: NamedSession) =>
  sql`is_session_ended(${session?.id ?? null}::uuid, ${integrationToken}) as "isEnded"`;

/** The identity that a token names. */
export async function findSessionIdentity(
  transaction: Transaction,
  named: NamedSession,
): Promise<SessionIdentity | null> {
  const { rows } = await sql<SessionIdentity>`
    select *, ${isEnded(named)} from find_identity(by_id => ${named.identity})`.execute(transaction);
  return rows[0] ?? null;
}

/** The same, with the permission sets that the identity has in the tenant of the transaction. */
export async function findSessionIdentityWithSets(
  transaction: Transaction,
  named: NamedSession,
): Promise<{ readonly identity: SessionIdentity; readonly sets: EffectivePermissionSet[] } | null> {
  const { identity: id } = named;
  const { rows } = await sql<SessionIdentity & { sets: StoredPermissionSet[] | null }>`
    select *, ${isEnded(named)},
      (select json_agg(assigned) from (${assignedSets(id)}) assigned) as sets from find_identity(by_id => ${id})`.execute(
    transaction,
  );
  if (!rows[0]) return null;
  const { sets, ...identity } = rows[0];
  return { identity, sets: (sets ?? []).map(parsePermissionSet) };
}

/** Searches all tenants. */
export async function findIdentityById(transaction: Transaction, id: number): Promise<IdentityAccount | null> {
  const { rows } = await sql<IdentityAccount>`select * from find_identity(by_id => ${id})`.execute(transaction);
  return rows[0] ?? null;
}

/**
 * The attributes that constraints of grants refer to. Empty for an identity of another tenant.
 * `for update`: no one else changes them until the commit.
 */
export async function identityAttributes(
  transaction: Transaction,
  id: number,
  lock?: 'for update',
): Promise<JsonObject> {
  const query = transaction.selectFrom('identity').select('attributes').where('id', '=', id);
  return (await (lock ? query.forUpdate() : query).executeTakeFirst())?.attributes ?? {};
}

export async function setDisplayName(transaction: Transaction, id: number, name: string | null): Promise<void> {
  await transaction.updateTable('identity').set({ display_name: name, updated: now }).where('id', '=', id).execute();
}

/** Ends every session. False: the password is no longer the one that was verified. */
export async function replacePassword(
  transaction: Transaction,
  { id, password_hash: verified }: Pick<IdentityAccount, 'id' | 'password_hash'>,
  password_hash: string,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('identity')
    .set({ password_hash, session_epoch: nextSessionEpoch, updated: now })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

/**
 * The identity that owns a sensor's events and keys: one per tenant and sensor, without password
 * or grants. Logins are unique on the whole platform and refs are not, so outside the default
 * tenant the login contains the tenant.
 */
export async function ensureSensorIdentity(transaction: Transaction, tenant: number, ref: string): Promise<number> {
  const login = tenant === DEFAULT_TENANT ? `sensor:${ref}` : `sensor:${tenant}:${ref}`;
  const created = await transaction
    .insertInto('identity')
    .values({ login, display_name: ref })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst();
  const found =
    created ?? (await transaction.selectFrom('identity').select('id').where('login', '=', login).executeTakeFirst());
  if (found) return found.id;
  throw new DomainError('CONFLICT', `Login '${login}' is taken`, { reason: 'LOGIN_TAKEN' });
}
