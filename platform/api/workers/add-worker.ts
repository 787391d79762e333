import { RUNTIME_MANIFEST, type RuntimeEntry } from '../../../contract/runtime-manifest';
import type { CreateWorker } from '../../../contract/tenant-workers';
import type { TenantQuota } from '../../auth/tenant-quota';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { addExternalWorker, addManagedWorker } from '../../store/workers/tenant-workers';
import { requireRuntime } from './require-runtime';

const QUEUE_LIMIT = 100;
const EXTERNAL = { heartbeatTimeoutSeconds: 90, leaseSeconds: 60 } as const;

/** Adds a worker of the tenant; an external one has a secret for its agent, `token`. */
export function addWorker(
  transaction: Transaction,
  tenant: number,
  body: CreateWorker,
  quota: TenantQuota,
): Promise<{ id: number; token?: string }> {
  return body.kind === 'external'
    ? addExternal(transaction, tenant, body)
    : addManaged(transaction, tenant, body, quota);
}

async function addExternal(
  transaction: Transaction,
  tenant: number,
  body: CreateWorker,
): Promise<{ id: number; token: string }> {
  requireNoTemplate(body);
  const { id, secret } = await addExternalWorker(transaction, {
    tenant,
    runtime: body.runtime || 'external',
    queueLimit: body.queue_limit ?? QUEUE_LIMIT,
    heartbeatTimeoutMs: (body.heartbeat_timeout_seconds ?? EXTERNAL.heartbeatTimeoutSeconds) * 1_000,
    leaseMs: (body.lease_seconds ?? EXTERNAL.leaseSeconds) * 1_000,
  });
  return { id, token: secret };
}

/** TEMPLATE_NEEDS_MANAGED: an agent is started by its tenant, in its own way. */
function requireNoTemplate({ template }: CreateWorker): void {
  if (!template) return;
  throw new DomainError('TEMPLATE_NEEDS_MANAGED', `Template '${template}' is for managed workers`, {
    path: '/template',
    hint: 'leave it out, or create the worker with kind managed',
    template,
  });
}

async function addManaged(
  transaction: Transaction,
  tenant: number,
  body: CreateWorker,
  quota: TenantQuota,
): Promise<{ id: number }> {
  const { runtime, template } = requireRuntime(body);
  await quota.addManagedWorker(transaction, tenant);
  const { provision_timeout_seconds: provisionTimeoutSeconds } = runtimeEntry(runtime);
  const id = await addManagedWorker(transaction, {
    tenant,
    runtime,
    template,
    queueLimit: body.queue_limit ?? QUEUE_LIMIT,
    heartbeatTimeoutMs: body.heartbeat_timeout_seconds ? body.heartbeat_timeout_seconds * 1_000 : null,
    provisionTimeoutMs: (body.provision_timeout_seconds ?? provisionTimeoutSeconds) * 1_000,
  });
  return { id };
}

const runtimeEntry = (runtime: string): RuntimeEntry => RUNTIME_MANIFEST.runtimes.find(({ name }) => name === runtime)!;
