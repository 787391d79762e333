import { sql } from 'kysely';
import { now, type Transaction } from './database';

/** A token of the generation before that comes this late, seconds, was on its way while the newer one was made. */
const GRACE_SECONDS = 2;

const until = (seconds: number) => sql<string>`${now} + ${seconds}::double precision * interval '1 s'`;

/** The line of refresh tokens that begins with a log-in; its first token is of generation 1. */
export async function openFamily(transaction: Transaction, identity: number, seconds: number): Promise<number> {
  const { id } = await transaction
    .insertInto('refresh_family')
    .values({ identity, expires_at: until(seconds) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface Presented {
  readonly family: number;
  readonly generation: number;
  readonly identity: number;
  /** Life of the next one. */
  readonly seconds: number;
}

/**
 * The generation that takes the place of the presented one. `lost`: the family is dead, or another request was first a
 * moment ago. `reused`: an old token is in other hands than the newest, so that the whole family is dead from now on.
 */
export async function rotateFamily(
  transaction: Transaction,
  { family, generation, identity, seconds }: Presented,
): Promise<number | 'lost' | 'reused'> {
  const row = await transaction
    .selectFrom('refresh_family')
    .select(['generation', 'revoked_at'])
    .select(sql<boolean>`rotated_at > ${now} - ${GRACE_SECONDS} * interval '1 s'`.as('is_recent'))
    .where('id', '=', family)
    .where('identity', '=', identity)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.revoked_at !== null) return 'lost';
  const change = transaction.updateTable('refresh_family').where('id', '=', family);
  if (row.generation === generation) {
    await change.set({ generation: generation + 1, rotated_at: now, expires_at: until(seconds) }).execute();
    return generation + 1;
  }
  if (row.generation === generation + 1 && row.is_recent) return 'lost';
  await change.set({ revoked_at: now }).execute();
  return 'reused';
}
