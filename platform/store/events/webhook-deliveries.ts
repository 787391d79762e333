import { sql } from 'kysely';
import type { Transaction } from '../database/connection';
import { sha256Hex } from '../database/sha256';

/** Hashes of a call's idempotency key and of its body. */
export interface DeliveryFingerprint {
  readonly deliveryHash: string;
  readonly bodyHash: string;
}

export const fingerprintDelivery = (key: string, body: Buffer): DeliveryFingerprint => ({
  deliveryHash: sha256Hex(key),
  bodyHash: sha256Hex(body),
});

/** The event that an earlier call with the same key created. */
interface EarlierDelivery {
  readonly event: number;
  readonly bodyHash: string;
  readonly created: string;
}

/**
 * Searches the last 24 hours. Calls with the same key wait until this transaction ends, so that
 * only one of them is the first.
 */
export async function findEarlierDelivery(
  transaction: Transaction,
  trigger: number,
  { deliveryHash }: DeliveryFingerprint,
): Promise<EarlierDelivery | null> {
  const lockKey = `delivery:${trigger}:${deliveryHash}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockKey}, 0))`.execute(transaction);
  const { rows } = await sql<EarlierDelivery>`
    select e.id as event, l.body_hash as "bodyHash", e.created
    from webhook_event_log l join event e on e.id = l.event
    where l.trigger = ${trigger} and l.delivery_hash = ${deliveryHash}
      and l.created > platform_now() - interval '24 hours'
    order by l.id limit 1`.execute(transaction);
  return rows[0] ?? null;
}

/**
 * The event of an earlier call with the same signature and timestamp: null for the first. A
 * timestamp is accepted for a day at most.
 */
export async function findReplayedDelivery(
  transaction: Transaction,
  trigger: number,
  signatureHash: string,
): Promise<Omit<EarlierDelivery, 'bodyHash'> | null> {
  const lockKey = `signature:${trigger}:${signatureHash}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockKey}, 0))`.execute(transaction);
  const { rows } = await sql<Omit<EarlierDelivery, 'bodyHash'>>`
    select e.id as event, e.created
    from webhook_event_log l join event e on e.id = l.event
    where l.trigger = ${trigger} and l.signature_hash = ${signatureHash}
      and l.created > platform_now() - interval '25 hours'
    order by l.id limit 1`.execute(transaction);
  return rows[0] ?? null;
}
