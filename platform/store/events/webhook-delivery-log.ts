import { sql } from 'kysely';
import type { Transaction } from '../database/connection';
import type { DeliveryFingerprint } from './webhook-deliveries';
import { sha256Hex } from '../database/sha256';

/** One webhook call, accepted or rejected. `reason` is null for an accepted one. */
export interface WebhookDelivery {
  readonly trigger: number;
  readonly triggerRef: string;
  readonly keyHash: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly bytes: number;
  /** Null when the call has no idempotency key. */
  readonly fingerprint: DeliveryFingerprint | null;
  /** Of a verified signature with its timestamp; null: there is none. */
  readonly signatureHash: string | null;
}

/** Identifies a key in logs. */
export const hashWebhookKey = (key: string): string => sha256Hex(key);

export const insertDeliveryLog = (
  transaction: Transaction,
  delivery: WebhookDelivery,
  outcome: { readonly status: number; readonly reason: string | null; readonly event: number | null },
): Promise<unknown> =>
  transaction
    .insertInto('webhook_event_log')
    .values({
      trigger: delivery.trigger,
      trigger_ref: delivery.triggerRef,
      event: outcome.event,
      key_hash: delivery.keyHash,
      source_ip: delivery.address,
      user_agent: delivery.userAgent,
      status_code: outcome.status,
      reason: outcome.reason,
      delivery_hash: delivery.fingerprint?.deliveryHash ?? null,
      body_hash: delivery.fingerprint?.bodyHash ?? null,
      signature_hash: delivery.signatureHash,
    })
    .execute();

const TOO_MANY_REQUESTS = 429;

/**
 * Counts the calls with this key from this address in the last `windowSeconds`, without those
 * rejected by the limit. Concurrent calls of the same key and address wait until this transaction
 * ends, so that the limit holds.
 */
export async function countRecentDeliveries(
  transaction: Transaction,
  { trigger, keyHash, address }: WebhookDelivery,
  windowSeconds: number,
): Promise<number> {
  const lockKey = `webhook:${trigger}:${address ?? ''}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lockKey}, 0))`.execute(transaction);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from webhook_event_log
    where trigger = ${trigger} and key_hash = ${keyHash} and source_ip is not distinct from ${address}
      and status_code <> ${TOO_MANY_REQUESTS} and created > platform_now() - ${windowSeconds} * interval '1 s'`.execute(
    transaction,
  );
  return rows[0]?.count ?? 0;
}
