import { join } from 'node:path';
import type { StreamName } from '../../contract/executions';
import type { Attempt } from './attempt';

/** What a worker knows beside the attempt itself; derived from the settings. */
export interface Surroundings {
  /** Directory of this platform. */
  readonly directory: string;
  readonly instance: string;
  readonly apiUrl: string;
  readonly killGraceMs: number;
  readonly logLimitBytes: number;
  readonly npmRegistry: string | null;
  /** What the tokens of attempts are signed with; null: they get none. */
  readonly tokenSecret: string | null;
}

type Of = Pick<Attempt, 'tenant'>;

/** One directory for all executions of a tenant: scripts keep what must outlive an attempt there. */
export const artifactsOf = ({ directory }: Surroundings, { tenant }: Of): string =>
  join(directory, 'artifacts', String(tenant));

export const environmentsOf = ({ directory }: Surroundings, { tenant }: Of): string =>
  join(directory, 'environments', String(tenant));

/** Where the streams of an attempt are kept: of the platform's own eyes only. */
export const streamLogOf = (
  { directory }: Pick<Surroundings, 'directory'>,
  { tenant, execution, attempt }: Pick<Attempt, 'tenant' | 'execution' | 'attempt'>,
  stream: StreamName,
): string => join(logsOf(directory, tenant), `${execution}.${attempt}.${stream}.log`);

export const logsOf = (directory: string, tenant: number): string => join(directory, 'logs', String(tenant));

export const temporaryOf = ({ directory }: Surroundings): string => join(directory, 'tmp');

/** What finds an attempt's processes again: no two attempts on earth share it. */
export const markerOf = ({ instance }: Surroundings, { execution, attempt }: Attempt): string =>
  `${instance}:${execution}:${attempt}`;
