import type { Json } from '../../../contract/json';
import { commonConnections, connectionsOf, findReferences, type Connections } from '../../core/secrets/connections';
import { DomainError } from '../../base/domain-error';
import { servesExtensions, type Transaction } from '../../store/database/connection';
import { findKeysByRef } from '../../store/secrets/connected-keys';
import type { KeyRow } from '../../store/secrets/keys';
import type { Caller } from '../../auth/caller';
import { callerRights } from '../../auth/grants';
import { keyTarget } from '../../auth/key-rights';
import type { Rights } from '../../auth/rights';

/** References in the parameters of one request: each is resolved by a copy of its siblings. */
const MAX_REFERENCES = 64;

/**
 * The references in a caller's parameters. One to a key that the caller may not read is like one
 * to a key that does not exist. Throws VALIDATION_ERROR where there are more than 64.
 */
export async function callerConnections(
  transaction: Transaction,
  caller: Caller,
  parameters: Json,
): Promise<Connections> {
  return readableConnections(transaction, caller, servesExtensions(transaction) ? findReferences(parameters) : {});
}

/**
 * The references that an earlier request of these parameters wrote, as far as the caller may read
 * their keys, too. Everything else of this form in them is data.
 */
export async function keptConnections(
  transaction: Transaction,
  caller: Caller,
  { config, connections }: { readonly config: Json; readonly connections: Json },
): Promise<Connections> {
  const written = (connections ?? {}) as Connections;
  const isWritten = ([pointer]: readonly [string, string]): boolean => Object.hasOwn(written, pointer);
  const references = Object.fromEntries(Object.entries(findReferences(config)).filter(isWritten));
  return commonConnections(written, await readableConnections(transaction, caller, references));
}

async function readableConnections(
  transaction: Transaction,
  caller: Caller,
  references: Readonly<Record<string, string>>,
): Promise<Connections> {
  const pointers = Object.keys(references);
  if (pointers.length === 0) return {};
  if (pointers.length > MAX_REFERENCES) throw tooMany(pointers);
  const rights = await callerRights(transaction, caller);
  const keys = await findKeysByRef(transaction, [...new Set(Object.values(references))]);
  const readable = keys.filter((key) => canReadValue(rights, key));
  return connectionsOf(references, new Map(readable.map(({ ref, id }) => [ref, id])));
}

function canReadValue(rights: Rights, key: KeyRow): boolean {
  const target = keyTarget(key);
  return rights.allows('keys', 'read', target) && (!key.encrypted || rights.allows('keys', 'decrypt', target));
}

const tooMany = (pointers: readonly string[]) =>
  new DomainError('VALIDATION_ERROR', `The parameters contain ${pointers.length} references to keys`, {
    path: `/parameters${pointers[MAX_REFERENCES]!}`,
    hint: `send ${MAX_REFERENCES} at most; a key can hold an object`,
  });
