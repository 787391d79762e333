const MIB = 1_024 ** 2;
/** For the platform's own processes and the host; measured: 450 MiB with the embedded database. */
const MIN_RESERVE_BYTES = 640 * MIB;
const MIN_PROGRAMS_BYTES = 128 * MIB;
/** Measured: 110 MiB. */
const MANAGED_WORKER_BYTES = 128 * MIB;

/** Null: derived from the memory of the host. */
export interface MemorySettings {
  readonly programsMemoryBytes: number | null;
  readonly tenantMemoryBytes: number | null;
}

/** How the memory of a host is divided, bytes. */
export interface MemoryShares {
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

export interface ProgramSettings {
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
