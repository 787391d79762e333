import { sql } from 'kysely';
import { livenessNow, type Database, type Transaction } from '../database/connection';
import type { Attempt, AttemptLease } from '../lifecycle/attempt';
import { leaseOf, loadAttempts, markStartedIn } from './attempts';

/** An execution that is to be handed over to the agent of an external worker, and its lease. */
export interface PushDelivery extends AttemptLease {
  readonly worker: number;
  readonly url: string;
  /** SHA-256 of the secret of the agent. */
  readonly signingKey: string;
  /** The end of the lease. */
  readonly deadline: string;
  readonly leaseMs: number;
  /** Deliveries of this execution that failed, and since when, ms. */
  readonly failures: number;
  readonly failingMs: number;
}

interface DeliveryLimits {
  readonly maxCount: number;
  /** Of those that are being delivered. */
  readonly maxPerWorker: number;
}

/** Claims what is due in all tenants. */
export async function claimPushDeliveries(
  db: Database,
  { maxCount, maxPerWorker }: DeliveryLimits,
): Promise<(Attempt & PushDelivery)[]> {
  const claims = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<PushDelivery>`
      select execution, tenant, fencing_token as "fencingToken", attempt, deadline, worker, url,
        signing_key as "signingKey", lease_ms as "leaseMs", failures, failing_ms as "failingMs"
      from claim_push_deliveries(${maxCount}, ${maxPerWorker})`.execute(transaction);
    return rows;
  });
  return loadAttempts(db, claims);
}

/** The agent has accepted: the execution runs, unless it has ended. */
export async function acceptDelivery(
  transaction: Transaction,
  delivery: PushDelivery,
  startedAtMs: number,
): Promise<void> {
  await markStartedIn(transaction, delivery, startedAtMs);
  await transaction.deleteFrom('push_delivery').where('execution', '=', delivery.execution).execute();
}

/**
 * Ends the lease of a delivery that failed, so that it is tried again in `delayMs`: it was no
 * attempt. Does nothing where the lease is over.
 */
export const postponeDelivery = (db: Database, delivery: PushDelivery, delayMs: number): Promise<void> =>
  db.inTenant(delivery.tenant, async (transaction) => {
    const { execution, tenant, attempt } = delivery;
    const { rows } = await sql`delete from lease where ${leaseOf(delivery)} returning resource`.execute(transaction);
    if (rows.length === 0) return;
    await sql`update execution set attempt = ${attempt - 1} where id = ${execution} and status = 'scheduled'`.execute(
      transaction,
    );
    await sql`
      insert into push_delivery (execution, tenant, failures, failing_since, next_at)
      values (${execution}, ${tenant}, 1, ${livenessNow}, ${livenessNow} + ${delayMs} * interval '1 ms')
      on conflict (execution) do update set failures = push_delivery.failures + 1, next_at = excluded.next_at`.execute(
      transaction,
    );
  });
