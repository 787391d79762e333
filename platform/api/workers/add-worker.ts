import type { CreateWorker } from '../../../contract/workers/tenant-workers';
import { DomainError } from '../../domain-error';
import type { Transaction } from '../../store/database/connection';
import { addExternalWorker, addManagedWorker } from '../../store/workers/tenant-workers';

const QUEUE_LIMIT = 100;
const EXTERNAL = { heartbeatTimeoutSeconds: 90, leaseSeconds: 60 } as const;
/** Until its process has registered; a host under load takes seconds to start one. */
const PROVISION_TIMEOUT_SECONDS = 60;

/** Adds a worker of the tenant; an external one has a secret for its agent, `token`. */
export function addWorker(
  transaction: Transaction,
  tenant: number,
  body: CreateWorker,
): Promise<{ id: number; token?: string }> {
  return body.kind === 'external' ? addExternal(transaction, tenant, body) : addManaged(transaction, tenant, body);
}

async function addExternal(
  transaction: Transaction,
  tenant: number,
  body: CreateWorker,
): Promise<{ id: number; token: string }> {
  const { id, secret } = await addExternalWorker(transaction, {
    tenant,
    runtime: body.runtime || 'external',
    queueLimit: body.queue_limit ?? QUEUE_LIMIT,
    heartbeatTimeoutMs: (body.heartbeat_timeout_seconds ?? EXTERNAL.heartbeatTimeoutSeconds) * 1_000,
    leaseMs: (body.lease_seconds ?? EXTERNAL.leaseSeconds) * 1_000,
  });
  return { id, token: secret };
}

async function addManaged(transaction: Transaction, tenant: number, body: CreateWorker): Promise<{ id: number }> {
  const id = await addManagedWorker(transaction, {
    tenant,
    ...{ runtime: requireRuntime(body.runtime ?? null), template: null },
    queueLimit: body.queue_limit ?? QUEUE_LIMIT,
    provisionTimeoutMs: (body.provision_timeout_seconds ?? PROVISION_TIMEOUT_SECONDS) * 1_000,
  });
  return { id };
}

const RUNTIMES = ['native', 'nodejs', 'python', 'shell'];

/** UNPROCESSABLE_ENTITY for one that no worker has. */
function requireRuntime(runtime: string | null): string {
  if (runtime !== null && RUNTIMES.includes(runtime)) return runtime;
  throw new DomainError('UNPROCESSABLE_ENTITY', `A managed worker has one of the runtimes ${RUNTIMES.join(', ')}`, {
    ...{ path: '/runtime', hint: `one of: ${RUNTIMES.join(', ')}` },
  });
}
