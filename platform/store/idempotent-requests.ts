import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Json } from '../../contract/json';
import { Refusal } from '../refusal';
import { asJson, type Transaction } from './database';

/** A request that gave itself a name. */
export interface NamedRequest {
  readonly identity: number;
  /** Who asks, as the token says: two executions of one identity are two callers. */
  readonly login: string;
  readonly operation: string;
  readonly name: string;
  readonly body: Json;
}

const hashOf = (parts: Json): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Does the work once in 24 hours, and answers the same whenever it is asked for again; copies that come meanwhile wait.
 * Throws CONFLICT for another body under the name.
 */
export async function once<T extends Json>(
  transaction: Transaction,
  { identity, login, operation, name, body }: NamedRequest,
  work: () => Promise<T>,
): Promise<T> {
  const [nameHash, bodyHash] = [hashOf([operation, login, name]), hashOf(body)];
  const { rows } = await sql<{ id: number }>`
    insert into idempotent_request as r (identity, name_hash, body_hash) values (${identity}, ${nameHash}, ${bodyHash})
    on conflict (tenant, identity, name_hash) do update set body_hash = excluded.body_hash, answer = null,
      created = platform_now() where r.created <= platform_now() - interval '24 hours'
    returning id`.execute(transaction);
  const [first] = rows;
  if (!first) return earlierAnswer<T>(transaction, identity, nameHash, bodyHash);
  const answer = await work();
  const written = transaction.updateTable('idempotent_request').set({ answer: asJson(answer) });
  await written.where('id', '=', first.id).execute();
  return answer;
}

async function earlierAnswer<T extends Json>(
  transaction: Transaction,
  identity: number,
  nameHash: string,
  bodyHash: string,
): Promise<T> {
  const earlier = await transaction
    .selectFrom('idempotent_request')
    .select(['body_hash', 'answer'])
    .where('identity', '=', identity)
    .where('name_hash', '=', nameHash)
    .executeTakeFirstOrThrow();
  if (earlier.body_hash === bodyHash) return earlier.answer as T;
  throw new Refusal('CONFLICT', 'another body came under this Idempotency-Key before', { reason: 'OTHER_BODY' });
}
