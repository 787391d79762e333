import { sql } from 'kysely';
import { now, type Transaction } from '../database/connection';

/**
 * A token of the previous generation that arrives within this time was sent before its response
 * came.
 */
const GRACE_SECONDS = 2;

const secondsFromNow = (lifetimeSeconds: number) =>
  sql<string>`${now} + ${lifetimeSeconds}::double precision * interval '1 s'`;

/** Creates the family of refresh tokens of one login; its first token is of generation 1. */
export async function createRefreshFamily(
  transaction: Transaction,
  identity: number,
  lifetimeSeconds: number,
): Promise<number> {
  const { id } = await transaction
    .insertInto('refresh_family')
    .values({ identity, expires_at: secondsFromNow(lifetimeSeconds) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

interface PresentedRefreshToken {
  readonly family: number;
  readonly generation: number;
  readonly identity: number;
  /** Lifetime of the next token. */
  readonly lifetimeSeconds: number;
  /** A token that a concurrent request rotated gets that request's generation too. */
  readonly repeatsRotation: boolean;
}

/**
 * Returns the generation that replaces the presented one. `lost`: the family is revoked, or a
 * concurrent request rotated it, which is not repeated. `reused`: an old token was used again, so
 * that the family is revoked now.
 */
export async function rotateRefreshFamily(
  transaction: Transaction,
  { family, generation, identity, lifetimeSeconds, repeatsRotation }: PresentedRefreshToken,
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
    await change
      .set({ generation: generation + 1, rotated_at: now, expires_at: secondsFromNow(lifetimeSeconds) })
      .execute();
    return generation + 1;
  }
  if (row.generation === generation + 1 && row.is_recent) return repeatsRotation ? row.generation : 'lost';
  await change.set({ revoked_at: now }).execute();
  return 'reused';
}
