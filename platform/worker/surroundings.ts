import { join } from 'node:path';
import type { EnvironmentRuntime } from '../../contract/environments';
import type { StreamName } from '../../contract/executions';
import type { EgressPolicy } from '../egress/guard';
import type { Attempt } from './attempt';
import type { Cgroups } from './cgroups';
import type { Gates } from './gates';

/** Control groups, and the gates into them. */
export interface Containment {
  readonly cgroups: Cgroups;
  readonly gates: Gates;
}

/** What a worker knows beside the attempt itself; derived from the settings. */
export interface Surroundings {
  /** Directory of this platform. */
  readonly directory: string;
  readonly instance: string;
  /** The worker's name: unique among all of the database. */
  readonly worker: string;
  /** Null: this host allows no control groups; descendants are found by their mark alone. */
  readonly containment: Containment | null;
  readonly apiUrl: string;
  readonly killGraceMs: number;
  readonly logLimitBytes: number;
  readonly npmRegistry: string | null;
  /** What the tokens of attempts are signed with; null: they get none. */
  readonly tokenSecret: string | null;
  /** An index URL or a directory of packages; null: what pip itself is configured with. */
  readonly pythonIndex: string | null;
  /** What requests on behalf of others may reach. */
  readonly egress: EgressPolicy;
  /** The program of the platform itself, of which a worker is a process. */
  readonly program: string;
}

type Of = Pick<Attempt, 'tenant'>;

/** One directory for all executions of a tenant: scripts keep what must outlive an attempt there. */
export const artifactsOf = ({ directory }: Pick<Surroundings, 'directory'>, { tenant }: Of): string =>
  join(directory, 'artifacts', String(tenant));

export const environmentsOf = ({ directory }: Pick<Surroundings, 'directory'>, { tenant }: Of): string =>
  join(directory, 'environments', String(tenant));

/** The environments of one pack for one runtime. */
export const homeOf = (
  surroundings: Pick<Surroundings, 'directory'>,
  pack: Pick<Attempt, 'tenant' | 'packRef'>,
  runtime: EnvironmentRuntime,
): string => join(environmentsOf(surroundings, pack), directoryName(pack.packRef), runtime);

/** Two refs never share one: letters of a ref are lower case, and what no file name may hold is told apart. */
export const directoryName = (packRef: string): string =>
  packRef.replace(/[^\w-]/g, (sign) => `%${sign.codePointAt(0)!.toString(16)}`);

/** Where the streams of an attempt are kept: of the platform's own eyes only. */
export const streamLogOf = (
  { directory }: Pick<Surroundings, 'directory'>,
  { tenant, execution, attempt }: Pick<Attempt, 'tenant' | 'execution' | 'attempt'>,
  stream: StreamName,
): string => join(logsOf(directory, tenant), `${execution}.${attempt}.${stream}.log`);

export const logsOf = (directory: string, tenant: number): string => join(directory, 'logs', String(tenant));

/** Of one worker: what its former life left there can go when it comes back. */
export const temporaryOf = ({ directory, worker }: Pick<Surroundings, 'directory' | 'worker'>): string =>
  join(temporariesOf({ directory }), worker);

/** The directories of all workers. */
export const temporariesOf = ({ directory }: Pick<Surroundings, 'directory'>): string => join(directory, 'tmp');

/** What finds an attempt's processes again: no two attempts on earth share it. */
export const markerOf = ({ instance }: Surroundings, { execution, attempt }: Attempt): string =>
  `${instance}:${execution}:${attempt}`;
