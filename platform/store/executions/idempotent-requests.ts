import { sql } from 'kysely';
import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError } from '../../base/domain-error';
import { asJson, type Transaction } from '../database/connection';
import { sha256Hex } from '../database/sha256';

/** A request with an idempotency key. */
export interface IdempotentRequest {
  readonly identity: number;
  /** The login of the caller's token: two executions of one identity are two callers. */
  readonly login: string;
  readonly operation: string;
  readonly key: string;
  readonly body: Json;
}

/**
 * Does the work once in 24 hours, and returns the same response for each repetition; concurrent
 * repetitions wait. Throws CONFLICT for another body under the same key.
 */
export async function runOnce<T extends Json>(
  transaction: Transaction,
  { identity, login, operation, key, body }: IdempotentRequest,
  work: () => Promise<T>,
): Promise<T> {
  const [nameHash, bodyHash] = [sha256Hex(writeJson([operation, login, key])), sha256Hex(writeJson(body))];
  const { rows } = await sql<{ id: number }>`
    insert into idempotent_request as r (identity, name_hash, body_hash) values (${identity}, ${nameHash}, ${bodyHash})
    on conflict (tenant, identity, name_hash) do update set body_hash = excluded.body_hash, answer = null,
      created = platform_now() where r.created <= platform_now() - interval '24 hours'
    returning id`.execute(transaction);
  const [inserted] = rows;
  if (!inserted) return storedResponse<T>(transaction, identity, nameHash, bodyHash);
  const response = await work();
  const update = transaction.updateTable('idempotent_request').set({ answer: asJson(response) });
  await update.where('id', '=', inserted.id).execute();
  return response;
}

async function storedResponse<T extends Json>(
  transaction: Transaction,
  identity: number,
  nameHash: string,
  bodyHash: string,
): Promise<T> {
  const stored = await transaction
    .selectFrom('idempotent_request')
    .select(['body_hash', 'answer'])
    .where('identity', '=', identity)
    .where('name_hash', '=', nameHash)
    .executeTakeFirstOrThrow();
  if (stored.body_hash === bodyHash) return stored.answer as T;
  throw new DomainError('CONFLICT', 'another body came under this Idempotency-Key before', { reason: 'OTHER_BODY' });
}
