import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Transaction } from './database';
import type { DeliveryName } from './webhook-deliveries';

/** One call of a webhook, however it ended. `reason` is null for one that was taken in. */
export interface Delivery {
  readonly trigger: number;
  readonly triggerRef: string;
  readonly keyHash: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly bytes: number;
  /** Null where the call gave itself none. */
  readonly name: DeliveryName | null;
}

/** What stands for a key in logs. */
export const keyHashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

export const logDelivery = (
  transaction: Transaction,
  delivery: Delivery,
  end: { readonly status: number; readonly reason: string | null; readonly event: number | null },
): Promise<unknown> =>
  transaction
    .insertInto('webhook_event_log')
    .values({
      trigger: delivery.trigger,
      trigger_ref: delivery.triggerRef,
      event: end.event,
      key_hash: delivery.keyHash,
      source_ip: delivery.address,
      user_agent: delivery.userAgent,
      payload_bytes: delivery.bytes,
      status_code: end.status,
      reason: end.reason,
      delivery_hash: delivery.name?.deliveryHash ?? null,
      body_hash: delivery.name?.bodyHash ?? null,
    })
    .execute();

const LIMITED = 429;

/**
 * Calls with this key from this address in the last `windowSeconds`, those that were one too many left out. Others of the
 * same key and address wait until this transaction ends, so that no two are the last allowed.
 */
export async function recentDeliveries(
  transaction: Transaction,
  { trigger, keyHash, address }: Delivery,
  windowSeconds: number,
): Promise<number> {
  const caller = `webhook:${trigger}:${address ?? ''}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${caller}, 0))`.execute(transaction);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from webhook_event_log
    where trigger = ${trigger} and key_hash = ${keyHash} and source_ip is not distinct from ${address}
      and status_code <> ${LIMITED} and created > platform_now() - ${windowSeconds} * interval '1 s'`.execute(
    transaction,
  );
  return rows[0]?.count ?? 0;
}
