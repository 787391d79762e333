import type { NetworkMode } from '../../../contract/packs';
import type { Mount } from './mount-table';

/** How this process may confine others. */
export type IsolationMode = 'root' | 'user';

/** An address with a port; port 0: every one. */
export type AllowedAddress = readonly [address: string, port: number];

/** What programs in the network of the host do not reach. */
export interface ClosedAddresses {
  /** Addresses, or ranges with the length of their prefix. */
  readonly ranges: readonly string[];
  /** Also those of this host: of the loopback interface, and of the others, as they are then. */
  readonly ofHost: boolean;
  /** Reached, though one of the above. */
  readonly allowed: readonly AllowedAddress[];
}

export interface ConfinementLimits {
  readonly openFiles: number;
  readonly fileBytes: number;
  /** Processes and threads of one program at the same time. */
  readonly processes: number;
  /** The same of all programs of a user id: as root, of a tenant. */
  readonly tenantProcesses: number;
  /** Data that one process may allocate. */
  readonly memoryBytes: number;
}

/** What one confinement differs from another one by. */
export interface ConfinementKind {
  readonly tenant: number;
  readonly network: NetworkMode;
}

/** What the confinements of a tenant have in common. */
export interface TenantConfinement {
  readonly mode: IsolationMode;
  readonly uid: number;
  readonly gid: number;
  readonly mounts: readonly Mount[];
  /** Directory of the host that becomes the program's root. */
  readonly root: string;
  readonly limits: ConfinementLimits;
}

/** Files of the host that stand for namespaces. */
export interface NamespacePaths {
  /** Null: the host's. */
  readonly user: string | null;
  readonly net: string;
}

export type ConfinementNetwork = 'host' | 'none' | NamespacePaths;

/** One confinement, for the launcher. */
export interface ConfinementSpec extends Pick<TenantConfinement, 'uid' | 'gid' | 'root' | 'mounts'> {
  /** The launcher has the rights of root; else it makes a user namespace. */
  readonly asRoot: boolean;
  /** Path of the program that makes the confinement; null: the launcher does. */
  readonly bubblewrap: string | null;
  /** Soft and hard limit, by resource of setrlimit(2). */
  readonly limits: Readonly<Record<string, number>>;
  readonly network: ConfinementNetwork;
  /** Null: no address is closed, or a network namespace does it. */
  readonly closed: GroupAddresses | null;
  /** What waits for the program. Null: the launcher's own process. */
  readonly interpreter: InterpreterCommand | null;
}

/**
 * An interpreter with the program that waits; the descriptor from which it reads is added last.
 */
interface InterpreterCommand {
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the processes of a control group of version 2 do not reach. */
interface GroupAddresses extends ClosedAddresses {
  /** Path of the group. */
  readonly group: string;
}

/** What differs between the confinements of a tenant. */
interface ConfinementDifferences extends Pick<ConfinementSpec, 'bubblewrap' | 'network' | 'closed'> {
  readonly interpreter?: InterpreterCommand | null;
}

export const confinementSpec = (
  { mode, uid, gid, root, mounts, limits }: TenantConfinement,
  { interpreter = null, ...differences }: ConfinementDifferences,
): ConfinementSpec => ({
  uid,
  gid,
  root,
  mounts,
  interpreter,
  ...differences,
  asRoot: mode === 'root',
  limits: resourceLimits(mode, limits),
});

/**
 * In a user namespace, a process counts there, and not among those of the user on the host. As
 * root, control groups limit the processes of one program.
 */
const resourceLimits = (mode: IsolationMode, limits: ConfinementLimits): Record<string, number> => ({
  RLIMIT_CORE: 0,
  RLIMIT_NOFILE: limits.openFiles,
  RLIMIT_FSIZE: limits.fileBytes,
  RLIMIT_DATA: limits.memoryBytes,
  RLIMIT_NPROC: mode === 'root' ? limits.tenantProcesses : limits.processes,
});
