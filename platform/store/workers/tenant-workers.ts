import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { DeliveryMode, WorkerState } from '../../../contract/workers';
import { livenessNow, now, type Transaction } from '../database/connection';
import { sha256Hex } from '../database/sha256';

/** `tuningfork_worker_`, then 32 random bytes in base64url. */
const TOKEN_PREFIX = 'tuningfork_worker_';
const SECRET_BYTES = 32;

export interface NewExternalWorker {
  readonly tenant: number;
  readonly runtime: string;
  readonly queueLimit: number;
  readonly heartbeatTimeoutMs: number;
  readonly leaseMs: number;
}

/** Returns the secret of its agent, which cannot be read again: the row has its hash. */
export async function addExternalWorker(
  transaction: Transaction,
  { tenant, runtime, queueLimit, heartbeatTimeoutMs, leaseMs }: NewExternalWorker,
): Promise<{ id: number; secret: string }> {
  const secret = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const { id } = await transaction
    .insertInto('worker')
    .values({
      tenant,
      runtime,
      kind: 'external',
      worker_type: 'remote',
      name: `external-${randomUUID()}`,
      state: 'awaiting_agent',
      state_cause: 'create',
      last_heartbeat: null,
      queue_limit: queueLimit,
      heartbeat_timeout_ms: heartbeatTimeoutMs,
      lease_ms: leaseMs,
      token_hash: sha256Hex(secret),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, secret };
}

export interface NewManagedWorker {
  readonly tenant: number;
  readonly runtime: string;
  readonly template: string | null;
  readonly queueLimit: number;
  /** Null: that of the platform. */
  readonly heartbeatTimeoutMs: number | null;
  readonly provisionTimeoutMs: number;
}

const NAME_BYTES = 6;

/** Its process is started by the platform that adopts it. Returns its id. */
export async function addManagedWorker(
  transaction: Transaction,
  { tenant, runtime, template, queueLimit, heartbeatTimeoutMs, provisionTimeoutMs }: NewManagedWorker,
): Promise<number> {
  const { id } = await transaction
    .insertInto('worker')
    .values({
      tenant,
      runtime,
      template,
      kind: 'managed',
      name: `managed-${randomBytes(NAME_BYTES).toString('hex')}`,
      state: 'provisioning',
      state_cause: 'create',
      last_heartbeat: null,
      delivery_mode: 'push',
      queue_limit: queueLimit,
      heartbeat_timeout_ms: heartbeatTimeoutMs,
      provision_timeout_ms: provisionTimeoutMs,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export interface TenantWorker {
  readonly id: number;
  readonly kind: 'managed' | 'external';
  readonly state: WorkerState;
  readonly runtime: string;
  readonly deliveryMode: DeliveryMode | null;
  readonly pushUrl: string | null;
  readonly queueLimit: number;
  readonly cordoned: boolean;
  /** Its last heartbeat is within its timeout; an external worker has one. */
  readonly isFresh: boolean;
}

/** The worker, locked; null where the tenant has created none of this id. */
export async function lockTenantWorker(transaction: Transaction, id: number): Promise<TenantWorker | null> {
  const { rows } = await sql<TenantWorker>`
    select id, kind, state, runtime, delivery_mode as "deliveryMode", push_url as "pushUrl",
      queue_limit as "queueLimit", cordoned,
      coalesce(last_heartbeat > ${livenessNow} - heartbeat_timeout_ms * interval '1 ms', false) as "isFresh"
    from worker where id = ${id} and tenant is not null for no key update`.execute(transaction);
  return rows[0] ?? null;
}

interface WorkerStateChange {
  readonly to: WorkerState;
  readonly cause: string;
}

/** Triggers log the change and set the status that follows. A removed worker has no agent. */
export async function setWorkerState(
  transaction: Transaction,
  id: number,
  { to, cause }: WorkerStateChange,
): Promise<void> {
  await transaction
    .updateTable('worker')
    .set({ state: to, state_cause: cause, updated: now, ...(to === 'removed' && { token_hash: null }) })
    .where('id', '=', id)
    .execute();
}

/** Where its agent gets executions. It counts as a heartbeat. */
export async function setDelivery(
  transaction: Transaction,
  id: number,
  { mode, url }: { readonly mode: DeliveryMode; readonly url: string | null },
): Promise<void> {
  await transaction
    .updateTable('worker')
    .set({ delivery_mode: mode, push_url: url, last_heartbeat: livenessNow, updated: now })
    .where('id', '=', id)
    .execute();
}

/** The external worker that a secret belongs to. */
export interface Agent {
  readonly id: number;
  readonly tenant: number;
  readonly leaseMs: number;
  /** Its tenant is frozen. */
  readonly isFrozen: boolean;
}

/** Searches all tenants. */
export async function findAgent(transaction: Transaction, secret: string): Promise<Agent | null> {
  const { rows } = await sql<Agent>`select * from external_worker_by_token(${sha256Hex(secret)})`.execute(transaction);
  return rows[0] ?? null;
}
