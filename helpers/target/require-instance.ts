import type { CapabilityManifest } from '../../contract/capabilities';
import { TargetError } from './target-error';

interface ExpectedInstance {
  readonly url: string;
  /** Null: any instance may respond. */
  readonly instanceId: string | null;
}

/**
 * Throws TargetError if another instance responds: the file of an ended platform may name a port
 * that another one uses now. A platform without a manifest cannot be identified.
 */
export function requireInstance({ url, instanceId }: ExpectedInstance, manifest: CapabilityManifest | null): void {
  const found = manifest?.platform.instance_id;
  if (instanceId === null || found === undefined || found === instanceId) return;
  throw new TargetError(`another platform responds at ${url}: instance ${found} instead of ${instanceId}`);
}
