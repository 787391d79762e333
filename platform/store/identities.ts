import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { JsonObject } from '../../contract/json';
import { DEFAULT_TENANT, now, type Database, type Transaction } from './database';
import { assignSet } from './grants';
import { Refusal } from '../refusal';
import { hashPassword } from './passwords';

export interface Identity {
  readonly id: number;
  readonly tenant: number;
  readonly login: string;
  readonly display_name: string | null;
  readonly password_hash: string | null;
  /** It, or its tenant. */
  readonly frozen: boolean;
}

export interface NewIdentity {
  readonly login: string;
  readonly displayName: string | null;
  readonly password: string;
}

/** The log-in that contract clients use where nothing else is said. */
export const DEFAULT_USER = {
  login: 'test@attune.local',
  displayName: 'Test User',
  password: 'TestPass123!',
} as const satisfies NewIdentity;

const COLUMNS = ['id', 'tenant', 'login', 'display_name', 'password_hash', 'frozen'] as const;

/** Makes an identity without grants in the transaction's tenant; null where the log-in is taken, in whichever tenant. */
export async function createIdentity(transaction: Transaction, wanted: NewIdentity): Promise<Identity | null> {
  const row = await transaction
    .insertInto('identity')
    .values({
      login: wanted.login,
      display_name: wanted.displayName,
      password_hash: await hashPassword(wanted.password),
    })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ?? null;
}

/** Reaches across tenants: a log-in is one of a kind on the whole platform. */
export async function findByLogin(transaction: Transaction, login: string): Promise<Identity | null> {
  const { rows } = await sql<Identity>`select * from identity_by_login(${login})`.execute(transaction);
  return rows[0] ?? null;
}

/** Reaches across tenants: whose token this is. */
export async function findById(transaction: Transaction, id: number): Promise<Identity | null> {
  const { rows } = await sql<Identity>`select * from identity_by_id(${id})`.execute(transaction);
  return rows[0] ?? null;
}

/** What constraints of grants ask about an identity. Empty where it is none of this tenant. */
export async function attributesOf(transaction: Transaction, id: number): Promise<JsonObject> {
  const row = await transaction.selectFrom('identity').select('attributes').where('id', '=', id).executeTakeFirst();
  return row?.attributes ?? {};
}

export async function setDisplayName(transaction: Transaction, id: number, name: string | null): Promise<void> {
  await transaction.updateTable('identity').set({ display_name: name, updated: now }).where('id', '=', id).execute();
}

export async function setPassword(transaction: Transaction, id: number, password: string): Promise<void> {
  const password_hash = await hashPassword(password);
  await transaction.updateTable('identity').set({ password_hash, updated: now }).where('id', '=', id).execute();
}

/** Who manages tenants holds this set. */
const PLATFORM_ADMIN = 'core.platform_admin';

/** The default user with `core.admin`, made once: a changed password stays. Needs the shipped sets. */
export async function ensureDefaultUser(db: Database): Promise<void> {
  await db.inTenant(DEFAULT_TENANT, async (transaction) => {
    if (await findByLogin(transaction, DEFAULT_USER.login)) return;
    const made = await createIdentity(transaction, DEFAULT_USER);
    if (made) await assignSet(transaction, made.id, 'core.admin');
  });
  await db.inTenant(DEFAULT_TENANT, ensurePlatformAdmin);
}

/** Where nobody manages tenants, the first admin of `default` does. */
async function ensurePlatformAdmin(transaction: Transaction): Promise<void> {
  const { rows } = await sql<{ first: number }>`
    select min(a.identity) as first from permission_assignment a join permission_set s on s.id = a.permset
    where s.ref = 'core.admin' having not exists (select from permission_assignment p
      join permission_set w on w.id = p.permset where w.ref = ${PLATFORM_ADMIN})`.execute(transaction);
  const first = rows[0]?.first ?? null;
  if (first !== null) await assignSet(transaction, first, PLATFORM_ADMIN);
}

/**
 * The identity that a sensor's events and keys are its: made once per tenant, without password or grants. Logins are one of a
 * kind on the whole platform and refs are not, so outside the default tenant the login names the tenant.
 */
export async function ensureSensorIdentity(transaction: Transaction, tenant: number, ref: string): Promise<number> {
  const login = tenant === DEFAULT_TENANT ? `sensor:${ref}` : `sensor:${tenant}:${ref}`;
  const made = await transaction
    .insertInto('identity')
    .values({ login, display_name: ref })
    .onConflict((conflict) => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst();
  const found =
    made ?? (await transaction.selectFrom('identity').select('id').where('login', '=', login).executeTakeFirst());
  if (found) return found.id;
  throw new Refusal('CONFLICT', `Login '${login}' is taken`, { reason: 'LOGIN_TAKEN' });
}

/** A secret of this database, made by the first platform that asks: 32 random bytes, base64url. */
export async function ensureSecret(owner: Pool, name: string): Promise<string> {
  await owner.query('insert into setting (name, value) values ($1, $2) on conflict (name) do nothing', [
    name,
    randomBytes(32).toString('base64url'),
  ]);
  const { rows } = await owner.query<{ value: string }>('select value from setting where name = $1', [name]);
  return rows[0]!.value;
}
