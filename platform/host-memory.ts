import { totalmem } from 'node:os';
import type { Logger } from 'pino';
import type { TenantLimits } from './limits';
import {
  managedWorkersWithin,
  memoryShares,
  overcommittedBytes,
  type MemorySettings,
  type MemoryShares,
  type ProgramSettings,
} from './memory-shares';

/** Of the host, or of the control group in which this process runs, bytes. */
const hostMemoryBytes = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

export const hostMemoryShares = (settings: MemorySettings): MemoryShares => memoryShares(settings, hostMemoryBytes());

/** Managed workers take memory of this host. */
export function tenantLimitsOnHost(limits: TenantLimits, settings: MemorySettings): TenantLimits {
  const fitting = managedWorkersWithin(hostMemoryShares(settings));
  return { ...limits, managedWorkers: Math.min(limits.managedWorkers || Infinity, fitting) };
}

/** Warns the operator where the limits of programs allow them more than there is. */
export function warnOfMemory(settings: MemorySettings & ProgramSettings, log: Logger): void {
  const memoryBytes = hostMemoryBytes();
  const limitBytes = overcommittedBytes(settings, memoryBytes);
  if (limitBytes === null) return;
  const { programsMemoryBytes } = memoryShares(settings, memoryBytes);
  log.warn(
    { limitBytes, memoryBytes, programsMemoryBytes },
    'the slots of the workers times the memory of a program exceed the memory of the host: see docs/settings.md',
  );
}
