import { dataEnvelope } from '../../../contract/envelopes';
import { CreateKey, Key, KeyFilter, KeyQuery, KeySummary, UpdateKey } from '../../../contract/keys';
import { DEFAULT_TOKEN_TYPES } from '../../auth/authenticate';
import { keyTarget, type KeyAttributes } from '../../auth/key-rights';
import type { Rights } from '../../auth/rights';
import { DomainError } from '../../base/domain-error';
import { readClock, type Transaction } from '../../store/database/connection';
import {
  deleteKey,
  findKey,
  insertKey,
  listKeys,
  readKeyValue,
  requireKeyVersion,
  updateKey,
  type KeyChange,
  type Lifetime,
  type KeyRow,
  type KeyWithoutValue,
} from '../../store/secrets/keys';
import { refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { LONG_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireInstantField } from '../records/instants';
import { resolveKeyOwner, type ResolvedKeyOwner } from './key-owners';

const PATH = '/api/v1/keys';
const ITEM_PATH = `${PATH}/:ref`;
const tags = ['keys'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Key) } };
/** A sensor reads its own keys and those of its pack. */
const tokens = [...DEFAULT_TOKEN_TYPES, 'sensor'] as const;

export function keysRoutes(api: Api): void {
  readRoutes(api);
  createRoute(api);
  changeRoutes(api);
}

function readRoutes(api: Api): void {
  listRoute(api, {
    path: PATH,
    tags,
    grant: 'keys:read',
    tokens,
    filter: KeyFilter,
    item: KeySummary,
    pages: LONG_PAGES,
    list: ({ transaction, query, page }) => listKeys(transaction, query, page),
    rowTarget: keyTarget,
    toItem: keySummary,
  });

  route(api, {
    method: 'GET',
    path: ITEM_PATH,
    grant: 'keys:read',
    tokens,
    schema: { ...item, querystring: KeyQuery },
    load: ({ transaction, params }) => loadKey(transaction, params.ref),
    target: ({ loaded }) => keyTarget(loaded),
    hiddenAs: ({ params }) => keyNotFound(params.ref),
    handle: async ({ transaction, rights, query, loaded }) => ({
      data:
        loaded.encrypted && query.decrypt === false
          ? withoutValue(loaded)
          : presentKey(transaction, await rights(), loaded),
    }),
  });
}

function createRoute(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'keys:create',
    schema: { tags, body: CreateKey, response: { 201: dataEnvelope(Key) } },
    validate: ({ transaction, body }) => validateLifetime(transaction, body),
    anyGrantFirst: true,
    load: ({ transaction, body }) => loadOwner(transaction, body),
    target: ({ body, loaded }) => keyTarget(attributesOf(body, loaded)),
    handle: async ({ transaction, rights, caller: { tenant }, body, loaded: { owner } }) => {
      const { ref, owner_type, name, value, encrypted = false } = body;
      const lifetime = lifetimeOf(body) ?? null;
      const row = await insertKey(transaction, { tenant, ref, owner_type, owner, name, value, encrypted, lifetime });
      return { data: presentKey(transaction, await rights(), row) };
    },
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    method: 'PUT',
    path: ITEM_PATH,
    grant: 'keys:update',
    schema: { ...item, body: UpdateKey },
    validate: ({ transaction, body }) => validateLifetime(transaction, body),
    load: ({ transaction, params }) => loadKey(transaction, params.ref, 'for update'),
    target: ({ loaded }) => keyTarget(loaded),
    additionalGrants: [
      // A caller that may not read the value may not make it visible to others.
      {
        grant: 'keys:decrypt',
        target: ({ body, loaded }) => (loaded.encrypted && body.encrypted === false ? keyTarget(loaded) : null),
      },
    ],
    check: ({ body, loaded }) => requireKeyVersion(loaded, body.if_version),
    handle: async ({ transaction, rights, body, loaded }) => {
      const row = await updateKey(transaction, loaded, changeOf(body));
      return { data: presentKey(transaction, await rights(), row) };
    },
  });

  deleteRoute(api, {
    path: ITEM_PATH,
    grant: 'keys:delete',
    ignoresBody: true,
    tags,
    params: refParams,
    load: ({ transaction, params }) => loadKey(transaction, params.ref, 'for update'),
    target: ({ loaded }) => keyTarget(loaded),
    remove: ({ transaction, loaded }) => deleteKey(transaction, loaded.id),
    name: ({ params }) => `Key '${params.ref}'`,
  });
}

/** The same for a key that does not exist, has expired, or is hidden from the caller. */
const keyNotFound = (ref: string) =>
  new DomainError('NOT_FOUND', `Key '${ref}' not found`, { reason: 'KEY_NOT_FOUND' });

async function loadKey(transaction: Transaction, ref: string, lock?: 'for update'): Promise<KeyRow> {
  const row = await findKey(transaction, ref, lock === 'for update');
  if (!row) throw keyNotFound(ref);
  return row;
}

/**
 * CONFLICT for a ref that is taken; BAD_REQUEST for an owner that does not exist or does not fit
 * its type.
 */
async function loadOwner(transaction: Transaction, body: CreateKey): Promise<ResolvedKeyOwner> {
  if (await findKey(transaction, body.ref)) {
    throw new DomainError('CONFLICT', `Key '${body.ref}' exists already`, { path: 'ref' });
  }
  return resolveKeyOwner(transaction, body);
}

/** What grants to create the key must cover. */
const attributesOf = (
  body: CreateKey,
  { owner, ownerName, packRef, actionRef, sensorRef, owningPackRef }: ResolvedKeyOwner,
): KeyAttributes => ({
  ref: body.ref,
  owner_type: body.owner_type,
  encrypted: body.encrypted ?? false,
  owner: ownerName,
  owner_identity: owner.owner_identity,
  owner_pack_ref: packRef,
  owning_pack_ref: owningPackRef,
  owner_action_ref: actionRef,
  owner_sensor_ref: sensorRef,
});

function changeOf(body: UpdateKey): KeyChange {
  const { name, value, encrypted } = body;
  const lifetime = lifetimeOf(body);
  return {
    ...(name !== undefined && { name }),
    ...(value !== undefined && { value }),
    ...(encrypted !== undefined && { encrypted }),
    ...(lifetime !== undefined && { lifetime }),
  };
}

type LifetimeFields = Pick<UpdateKey, 'ttl_seconds' | 'expires_at'>;

/** VALIDATION_ERROR for a lifetime that is given twice, is no instant or lies in the past. */
async function validateLifetime(transaction: Transaction, { ttl_seconds, expires_at }: LifetimeFields): Promise<void> {
  if (typeof expires_at !== 'string') return;
  if (typeof ttl_seconds === 'number') {
    throw new DomainError('VALIDATION_ERROR', 'give ttl_seconds or expires_at, not both', { path: 'expires_at' });
  }
  requireInstantField('expires_at', expires_at);
  if (Date.parse(expires_at) > Date.parse(await readClock(transaction))) return;
  throw new DomainError('VALIDATION_ERROR', 'expires_at must lie ahead', { path: 'expires_at' });
}

/** Undefined where the body does not mention it; null: the key does not expire. */
function lifetimeOf({ ttl_seconds, expires_at }: LifetimeFields): Lifetime | undefined {
  if (typeof ttl_seconds === 'number') return { seconds: ttl_seconds };
  if (typeof expires_at === 'string') return { expiresAt: expires_at };
  return ttl_seconds === null || expires_at === null ? null : undefined;
}

function keySummary(row: KeyWithoutValue): KeySummary {
  const { id, ref, owner_type, owner, name, encrypted, expires_at, version, created } = row;
  return { id, ref, owner_type, owner, name, encrypted, expires_at, version, created };
}

/** With its value, unless it is encrypted and the caller may not decrypt it. */
function presentKey(transaction: Transaction, rights: Rights, row: KeyRow): Key {
  const canDecrypt = rights.allows('keys', 'decrypt', keyTarget(row));
  const isReadable = !row.encrypted || canDecrypt;
  return isReadable ? { ...withoutValue(row), value: readKeyValue(transaction, row) } : withoutValue(row);
}

function withoutValue(row: KeyRow): Key {
  const { owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref } = row;
  const { owner_sensor, owner_sensor_ref, updated } = row;
  const owners = { owner_identity, owner_pack, owner_pack_ref, owner_action, owner_action_ref };
  return { ...keySummary(row), ...owners, owner_sensor, owner_sensor_ref, value: null, updated };
}
