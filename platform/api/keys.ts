import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import type { Json } from '../../contract/json';
import { CreateKey, Key, KeyFilter, KeySummary, UpdateKey } from '../../contract/keys';
import type { Rights } from '../access/rights';
import { Refusal } from '../refusal';
import { clockReads, type Transaction } from '../store/database';
import {
  deleteKey,
  findKey,
  insertKey,
  listKeys,
  requireVersion,
  updateKey,
  valueOf,
  type KeyChange,
  type KeyListed,
  type KeyRow,
  type Lifetime,
} from '../store/keys';
import type { Api, ApiContext, Caller } from './context';
import { insufficient, rightsOf, someRight } from './grants';
import { ownerOf } from './key-owners';
import { keyTarget, mayDo } from './key-rights';
import { PageQuery, envelope, pageOf } from './paging';
import { LET_IN } from './token-check';

const PATH = '/api/v1/keys';
const tags = ['keys'];
const params = Type.Object({ ref: Type.String() });
/** A sensor reads its own keys and those of its pack. */
const WITH_SENSORS = [...LET_IN, 'sensor'] as const;
const PAGES = { sizeName: 'per_page', default: 50, cap: null } as const;

export function keysRoutes(api: Api, context: ApiContext): void {
  readRoutes(api, context);
  writeRoutes(api, context);
}

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    {
      config: { grant: 'keys:read', tokens: WITH_SENSORS },
      schema: {
        tags,
        querystring: Type.Object({ ...PageQuery.properties, ...KeyFilter.properties }),
        response: { 200: page(KeySummary) },
      },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'keys', 'read');
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listKeys(transaction, query, wanted);
        const shown = rows.filter((row) => mayRead(keyTarget(row)));
        return envelope(wanted, shown.map(summaryOf), total);
      }),
  );

  api.get(
    `${PATH}/:ref`,
    {
      config: { grant: 'keys:read', lack: 404, tokens: WITH_SENSORS },
      schema: { tags, params, response: { 200: one(Key) } },
    },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const rights = await rightsOf(transaction, caller);
        const row = await findKey(transaction, ref);
        if (!row || !mayDo(rights, 'read', row)) throw missing(ref);
        return { data: shownTo(transaction, rights, row) };
      }),
  );
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    { config: { grant: 'keys:create' }, schema: { tags, body: CreateKey, response: { 201: one(Key) } } },
    async ({ caller, body }, reply) => {
      const data = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data });
    },
  );

  api.put(
    `${PATH}/:ref`,
    { config: { grant: 'keys:update' }, schema: { tags, params, body: UpdateKey, response: { 200: one(Key) } } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => ({ data: await update(transaction, caller, ref, body) })),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'keys:delete', bodiless: true }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const rights = await rightsOf(transaction, caller);
        const row = await findKey(transaction, ref, true);
        if (!row) throw missing(ref);
        if (!mayDo(rights, 'delete', row)) throw insufficient('keys', 'delete');
        await deleteKey(transaction, row.id);
        return { success: true as const, message: `Key '${ref}' deleted` };
      }),
  );
}

/** The same for what does not exist, what has expired, and what is not for the caller. */
const missing = (ref: string) => new Refusal('NOT_FOUND', `Key '${ref}' not found`, { reason: 'KEY_NOT_FOUND' });

async function create(transaction: Transaction, caller: Caller, body: CreateKey): Promise<Key> {
  const lifetime = (await lifetimeOf(transaction, body)) ?? null;
  const rights = await rightsOf(transaction, caller);
  if (!rights.some('keys', 'create')) throw insufficient('keys', 'create');
  const { ref, owner_type, name, value, encrypted = false } = body;
  if (await findKey(transaction, ref)) throw new Refusal('CONFLICT', `Key '${ref}' exists already`, { path: 'ref' });
  const { owner, text, packRef, actionRef } = await ownerOf(transaction, body);
  const guarded = {
    ...{ ref, owner_type, encrypted, owner: text, owner_identity: owner.owner_identity },
    ...{ owner_pack_ref: packRef, owner_action_ref: actionRef, owner_sensor_ref: body.owner_sensor_ref ?? null },
  };
  if (!mayDo(rights, 'create', guarded)) throw insufficient('keys', 'create');
  const made = { tenant: caller.tenant, ref, owner_type, owner, name, value, encrypted, lifetime };
  return shownTo(transaction, rights, await insertKey(transaction, made));
}

async function update(transaction: Transaction, caller: Caller, ref: string, body: UpdateKey): Promise<Key> {
  const lifetime = await lifetimeOf(transaction, body);
  const rights = await rightsOf(transaction, caller);
  const row = await findKey(transaction, ref, true);
  if (!row) throw missing(ref);
  if (!mayDo(rights, 'update', row)) throw insufficient('keys', 'update');
  // Whoever may not read the value may not have it shown to those who may not either.
  const reveals = row.encrypted && body.encrypted === false;
  if (reveals && !mayDo(rights, 'decrypt', row)) throw insufficient('keys', 'decrypt');
  requireVersion(row, body.if_version);
  const { name, value, encrypted } = body;
  const change: KeyChange = {
    ...(name !== undefined && { name }),
    ...(value !== undefined && { value }),
    ...(encrypted !== undefined && { encrypted }),
    ...(lifetime !== undefined && { lifetime }),
  };
  return shownTo(transaction, rights, await updateKey(transaction, row, change));
}

/** Undefined: nothing is said of it. VALIDATION_ERROR where it is said twice, or is over before it begins. */
async function lifetimeOf(
  transaction: Transaction,
  { ttl_seconds, expires_at }: Pick<UpdateKey, 'ttl_seconds' | 'expires_at'>,
): Promise<Lifetime | undefined> {
  if (typeof ttl_seconds === 'number' && typeof expires_at === 'string') {
    throw new Refusal('VALIDATION_ERROR', 'give ttl_seconds or expires_at, not both', { path: 'expires_at' });
  }
  if (typeof ttl_seconds === 'number') return { seconds: ttl_seconds };
  if (typeof expires_at !== 'string') return ttl_seconds === null || expires_at === null ? null : undefined;
  if (Date.parse(expires_at) > Date.parse(await clockReads(transaction))) return { at: expires_at };
  throw new Refusal('VALIDATION_ERROR', 'expires_at must lie ahead', { path: 'expires_at' });
}

function summaryOf(row: KeyListed): KeySummary {
  const { id, ref, owner_type, owner, name, encrypted, expires_at, version, created } = row;
  return { id, ref, owner_type, owner, name, encrypted, expires_at, version, created };
}

/** With its value, where the caller may know it: a value that is encrypted takes the right to decrypt. */
function shownTo(transaction: Transaction, rights: Rights, row: KeyRow): Key {
  const value: Json = !row.encrypted || mayDo(rights, 'decrypt', row) ? valueOf(transaction, row) : null;
  const { owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref } = row;
  const { owner_sensor, owner_sensor_ref, updated } = row;
  const owners = { owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref };
  return { ...summaryOf(row), ...owners, owner_sensor, owner_sensor_ref, value, updated };
}
