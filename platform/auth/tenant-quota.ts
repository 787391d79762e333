import { sql } from 'kysely';
import { RateLimited } from '../base/domain-error';
import type { TenantLimits } from '../base/limits';
import { ADVISORY_LOCKS } from '../store/database/advisory-locks';
import type { Transaction } from '../store/database/connection';
import { StoredBytes } from './stored-bytes';

/** A tenant has as much of something as it may have. The message and the details say how much. */
class TenantLimitReached extends RateLimited {
  constructor(
    limit: string,
    counts: { readonly current: number; readonly maximum: number },
    retryAfterSeconds: number,
  ) {
    const { current, maximum } = counts;
    super(`The tenant has ${current} ${limit}: at most ${maximum}`, retryAfterSeconds, {
      reason: 'TENANT_LIMIT',
      limit,
      current,
      maximum,
    });
  }
}

/** How long a count of queued executions is used, ms. */
const COUNT_LIFETIME_MS = 1_000;
const MINUTE_MS = 60_000;
/** What is stored, or created, becomes less by deletes. */
const RETRY_SECONDS = 60;

interface QueueCount {
  readonly count: number;
  readonly readAt: number;
  /** Executions that this process had counted when it began to read. */
  readonly addedBefore: number;
}

interface EventBudget {
  readonly available: number;
  readonly refilledAt: number;
}

/**
 * What each tenant uses of its limits, as this process counts it; 0 in a limit: no limit. Instants
 * are monotonic ms.
 */
export class TenantQuota {
  private readonly queues = new Map<number, QueueCount>();
  private readonly added = new Map<number, number>();
  private readonly events = new Map<number, EventBudget>();
  private readonly sockets = new Map<number, number>();
  private readonly stored: StoredBytes;

  /** `countFiles`: bytes that programs of a tenant have written to files. */
  constructor(
    private readonly limits: TenantLimits,
    countFiles: (tenant: number) => Promise<number> = () => Promise.resolve(0),
  ) {
    this.stored = new StoredBytes(countFiles);
  }

  /** Counts an execution that is about to be requested. TOO_MANY_REQUESTS. */
  async addExecution(transaction: Transaction, tenant: number): Promise<void> {
    await this.requireQueueRoom(transaction, tenant);
    this.added.set(tenant, this.addedOf(tenant) + 1);
  }

  /** TOO_MANY_REQUESTS while the queue of the tenant is full. */
  async requireQueueRoom(transaction: Transaction, tenant: number): Promise<void> {
    const maximum = this.limits.queuedExecutions;
    if (maximum === 0) return;
    const now = performance.now();
    let queue = this.queues.get(tenant);
    if (!queue || now - queue.readAt >= COUNT_LIFETIME_MS) {
      const addedBefore = this.addedOf(tenant);
      queue = { count: await countQueued(transaction), readAt: now, addedBefore };
      this.queues.set(tenant, queue);
    }
    const current = queue.count + this.addedOf(tenant) - queue.addedBefore;
    if (current < maximum) return;
    const counts = { current, maximum };
    throw new TenantLimitReached('queued executions', counts, COUNT_LIFETIME_MS / 1_000);
  }

  private readonly addedOf = (tenant: number): number => this.added.get(tenant) ?? 0;

  /** Counts an event of a webhook, a sensor or an action. TOO_MANY_REQUESTS. */
  addEvent(tenant: number, now = performance.now()): void {
    const maximum = this.limits.eventsPerMinute;
    if (maximum === 0) return;
    const perMs = maximum / MINUTE_MS;
    const { available, refilledAt } = this.events.get(tenant) ?? { available: maximum, refilledAt: now };
    const refilled = Math.min(maximum, available + (now - refilledAt) * perMs);
    const isAllowed = refilled >= 1;
    this.events.set(tenant, { available: isAllowed ? refilled - 1 : refilled, refilledAt: now });
    if (isAllowed) return;
    const retryAfterSeconds = Math.ceil((1 - refilled) / perMs / 1_000);
    throw new TenantLimitReached('events a minute', { current: maximum, maximum }, retryAfterSeconds);
  }

  /** Counts what is about to be stored. TOO_MANY_REQUESTS. */
  async addBytes(transaction: Transaction, tenant: number, bytes: number): Promise<void> {
    const maximum = this.limits.storedBytes;
    if (maximum === 0) return;
    const current = await this.stored.add(transaction, tenant, bytes, maximum);
    if (current > maximum) throw new TenantLimitReached('stored bytes', { current, maximum }, RETRY_SECONDS);
  }

  /** Counts a managed worker that the transaction is about to create. TOO_MANY_REQUESTS. */
  async addManagedWorker(transaction: Transaction, tenant: number): Promise<void> {
    const maximum = this.limits.managedWorkers;
    if (maximum === 0) return;
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.managedWorkers}, ${tenant})`.execute(transaction);
    const current = await countManagedWorkers(transaction, tenant);
    if (current >= maximum) throw new TenantLimitReached('managed workers', { current, maximum }, RETRY_SECONDS);
  }

  /** Counts a socket until the returned function is called. TOO_MANY_REQUESTS. */
  openSocket(tenant: number): () => void {
    const maximum = this.limits.sockets;
    const current = this.sockets.get(tenant) ?? 0;
    if (maximum > 0 && current >= maximum) throw new TenantLimitReached('sockets', { current, maximum }, 1);
    this.sockets.set(tenant, current + 1);
    return () => this.sockets.set(tenant, this.sockets.get(tenant)! - 1);
  }
}

/** Those of the transaction's tenant. */
async function countQueued(transaction: Transaction): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from execution
    where status in ('requested', 'scheduling') and released or status = 'scheduled'`.execute(transaction);
  return rows[0]!.count;
}

async function countManagedWorkers(transaction: Transaction, tenant: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from worker
    where tenant = ${tenant} and kind = 'managed' and state <> 'removed'`.execute(transaction);
  return rows[0]!.count;
}
