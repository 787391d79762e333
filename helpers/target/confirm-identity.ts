import type { CapabilityManifest } from '../../contract/capabilities';
import type { Client } from '../client/client';
import { ApiError } from '../errors';
import { predicateToHold } from '../scenario/conditions/execution-conditions';
import { until } from '../scenario/polling';
import type { Target } from './obtain-target';
import type { RunFacts } from './run-facts';
import { TargetError } from './target-error';

/** Time until the suite knows that a platform which it started has ended, ms. */
const EXIT_TIMEOUT_MS = 10_000;

/** Name and version of the platform, and its instance, as far as its manifest has them. */
export function identityOf(manifest: CapabilityManifest | null): Pick<RunFacts, 'platform' | 'instanceId'> {
  if (!manifest) return { platform: 'a platform without a manifest', instanceId: null };
  const { name, version, instance_id: instanceId } = manifest.platform;
  return { platform: `${name} ${version}`, instanceId: instanceId ?? null };
}

/**
 * Throws TargetError if the platform has ended, or if another one than at the start of the run
 * responds; ApiError if none responds.
 */
export async function confirmIdentity(
  { capabilities }: Pick<Client, 'capabilities'>,
  target: Pick<Target, 'kind' | 'exitReason'>,
  facts: Pick<RunFacts, 'instanceId' | 'url'>,
): Promise<void> {
  requireRunning(target);
  const manifest = await capabilities.getOrNull().catch(async (error: unknown) => {
    await awaitExitAfter(error, target);
    throw error;
  });
  const instanceId = manifest?.platform.instance_id ?? null;
  if (instanceId !== facts.instanceId) {
    throw new TargetError(
      `TARGET_IDENTITY_CHANGED: another platform responds at ${facts.url}: instance ${String(instanceId)} instead of ${String(facts.instanceId)}`,
    );
  }
}

function requireRunning({ exitReason }: Pick<Target, 'exitReason'>): void {
  const ended = exitReason();
  if (ended !== null) throw new TargetError(ended);
}

/** A process that has ended refuses connections before its parent is notified of its end. */
async function awaitExitAfter(error: unknown, target: Pick<Target, 'kind' | 'exitReason'>): Promise<void> {
  const isRefused = error instanceof ApiError && error.code === 'ECONNREFUSED';
  if (!isRefused || target.kind !== 'started') return;
  const exit = predicateToHold('the end of the platform to be known', () => target.exitReason() !== null);
  await until(exit, performance.now() + EXIT_TIMEOUT_MS).catch(() => {}); // the error of the request is thrown
  requireRunning(target);
}
