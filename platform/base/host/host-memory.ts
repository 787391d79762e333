import { totalmem } from 'node:os';
import type { Logger } from 'pino';
import { commonMemoryBytes } from './cgroup-base';
import type { TenantLimits } from '../limits';

const MIB = 1_024 ** 2;
/** For the platform's own processes and the host; measured: 450 MiB with the embedded database. */
const MIN_RESERVE_BYTES = 640 * MIB;
const MIN_PROGRAMS_BYTES = 128 * MIB;
/** Measured: 110 MiB. */
const MANAGED_WORKER_BYTES = 128 * MIB;

/** Null: derived from the memory of the host. */
interface MemorySettings {
  readonly programsMemoryBytes: number | null;
  readonly tenantMemoryBytes: number | null;
}

/** How the memory of a host is divided, bytes. */
interface MemoryShares {
  /** Of all programs of a platform on this host. */
  readonly programsMemoryBytes: number;
  /** Of all programs of one tenant. */
  readonly tenantMemoryBytes: number;
}

/**
 * Without settings, a quarter of the memory, and 640 MiB at least, is not for programs; three
 * quarters of the rest are for one tenant, so that no tenant can take all.
 */
export function memoryShares(settings: MemorySettings, memoryBytes: number): MemoryShares {
  const reserve = Math.max(memoryBytes / 4, MIN_RESERVE_BYTES);
  const programsMemoryBytes =
    settings.programsMemoryBytes ?? Math.max(MIN_PROGRAMS_BYTES, Math.floor(memoryBytes - reserve));
  return {
    programsMemoryBytes,
    tenantMemoryBytes: settings.tenantMemoryBytes ?? Math.floor((programsMemoryBytes * 3) / 4),
  };
}

/** How many managed workers fit into half of what a tenant's programs may use; one at least. */
export const managedWorkersWithin = ({ tenantMemoryBytes }: MemoryShares): number =>
  Math.max(1, Math.floor(tenantMemoryBytes / 2 / MANAGED_WORKER_BYTES));

interface ProgramSettings {
  readonly workers: number;
  readonly slots: number;
  readonly actionMemoryBytes: number;
}

/** What programs may use together by their limits, where that is more than there is; else null. */
export function overcommittedBytes(
  { workers, slots, actionMemoryBytes }: ProgramSettings,
  memoryBytes: number,
): number | null {
  const total = workers * slots * actionMemoryBytes;
  return total > memoryBytes ? total : null;
}

/** Of the host, or of the control groups in which this process runs, bytes. */
const hostMemoryBytes = (): number =>
  Math.min(totalmem(), process.constrainedMemory() || Infinity, commonMemoryBytes());

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
