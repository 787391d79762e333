import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Transaction } from './database';

/** What a call is known by when it comes again: the name it gave itself, and its body. */
export interface DeliveryName {
  readonly deliveryHash: string;
  readonly bodyHash: string;
}

const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const deliveryName = (name: string, body: Buffer): DeliveryName => ({
  deliveryHash: hashOf(name),
  bodyHash: hashOf(body),
});

/** The event that a call of this name made before. */
export interface EarlierDelivery {
  readonly event: number;
  readonly bodyHash: string;
  readonly created: string;
}

/** Of the last 24 hours. Calls of the same name wait until this transaction ends, so that only one of them is the first. */
export async function earlierDelivery(
  transaction: Transaction,
  trigger: number,
  { deliveryHash }: DeliveryName,
): Promise<EarlierDelivery | null> {
  const lock = `delivery:${trigger}:${deliveryHash}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(transaction);
  const { rows } = await sql<EarlierDelivery>`
    select e.id as event, l.body_hash as "bodyHash", e.created
    from webhook_event_log l join event e on e.id = l.event
    where l.trigger = ${trigger} and l.delivery_hash = ${deliveryHash}
      and l.created > platform_now() - interval '24 hours'
    order by l.id limit 1`.execute(transaction);
  return rows[0] ?? null;
}
