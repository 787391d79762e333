import type { Logger } from 'pino';
import type { NetworkMode } from '../../contract/packs';
import type { EgressPolicy } from '../base/http/allow-list';
import type { ContainerSettings } from '../base/settings/paired';
import type { Settings } from '../base/settings/settings';
import type { BuildConfinement } from './isolation/build-confinement';
import type { Cgroups } from './process/cgroups';
import type { PreforkPool } from './process/pool/prefork-pool';
import type { DiskWatch } from './disk/disk-watch';

/** How a worker keeps the processes of its attempts together and apart from others. */
export interface Containment {
  /** Null where the host allows no control groups. */
  readonly cgroups: Cgroups | null;
  /** Shells that wait in control groups, in confinements, or in both. */
  readonly preforkPool: PreforkPool;
  /** Null: programs are not confined. */
  readonly builds: BuildConfinement | null;
}

/** What runs containers, and the limits of one: the settings of the same names. */
export type ContainerHost = ContainerSettings &
  Pick<
    Settings,
    | 'firstActionUid'
    | 'actionMemoryBytes'
    | 'actionProcesses'
    | 'actionOpenFiles'
    | 'actionFileBytes'
    | 'tenantProcesses'
  >;

/** What all attempts of a worker share; derived from the settings. */
export interface WorkerContext {
  /** The platform's directory. */
  readonly directory: string;
  readonly instance: string;
  /** The worker's name, unique in the database. */
  readonly worker: string;
  readonly log: Logger;
  /**
   * Null: the host allows neither control groups nor confinements; descendants are found by their
   * mark alone.
   */
  readonly containment: Containment | null;
  /** Absent: what programs leave on the disk is not bounded. */
  readonly diskWatch?: DiskWatch;
  readonly apiUrl: string;
  /** Variables of the operator that programs get, beside those that every program may need. */
  readonly actionVariables: readonly string[];
  /** Variables of programs that the template of the worker sets. */
  readonly presetVariables: Readonly<Record<string, string>>;
  /** Adds what Attune does not have. */
  readonly extensions: boolean;
  readonly killGraceMs: number;
  readonly logLimitBytes: number;
  readonly npmRegistry: string | null;
  /** An index URL or a directory of packages; null: pip's own configuration. */
  readonly pythonIndex: string | null;
  /** What programs may reach; a pack can only narrow it. */
  readonly actionNetwork: NetworkMode;
  /** Null: it runs no containers. */
  readonly containers: ContainerHost | null;
  /** Addresses that `core.http_request` may reach. */
  readonly egress: EgressPolicy;
  /** Path of the platform's own program. */
  readonly program: string;
}
