import type { HealthcheckKeys } from './healthcheck';
import type { PortEntry } from './published-ports';

export const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** That a service is started after another. */
export interface RawNeed {
  readonly condition: Condition;
  /** False: it need not be a service of this stack. */
  readonly required: boolean;
  /** `e2e/compose.yml:3:5`. */
  readonly at: string;
}

/** A file of variables. */
export interface RawEnvFile {
  /** Below the root of the repository. */
  readonly path: string;
  readonly required: boolean;
  readonly raw: boolean;
  readonly at: string;
}

/** A service as one file, or several, say it; of files that leave something out, without it. */
export interface RawService {
  /** A command line of the shell, which runs the service without a container. */
  readonly command: string | null;
  /** False: an engine starts no container of it. */
  readonly hasContainer: boolean;
  /** Null: the value is that of the host. */
  readonly environment: ReadonlyMap<string, string | null>;
  readonly envFiles: readonly RawEnvFile[];
  readonly ports: readonly PortEntry[];
  readonly needs: ReadonlyMap<string, RawNeed>;
  /** Null: the key is not there. */
  readonly healthcheck: HealthcheckKeys | null;
  readonly profiles: readonly string[];
  /** Below the root of the repository, or absolute in a container. */
  readonly workingDirectory: { readonly path: string; readonly at: string } | null;
  /** Keys (`ports`, `environment/A`) of which nothing is merged: `!reset`, `!override`. */
  readonly replaced: readonly string[];
  /** What is there and not used by a process, with its place. */
  readonly unused: readonly string[];
}

/** A service with what another one says over it, as compose merges them. */
export function mergeServices(whole: RawService, over: RawService): RawService {
  const base = withoutReplaced(whole, over.replaced);
  return {
    command: over.command ?? base.command,
    hasContainer: base.hasContainer && over.hasContainer,
    environment: new Map([...base.environment, ...over.environment]),
    envFiles: [...base.envFiles, ...over.envFiles],
    ports: [...base.ports, ...over.ports],
    needs: new Map([...base.needs, ...over.needs]),
    healthcheck:
      base.healthcheck && over.healthcheck
        ? mergeKeys(base.healthcheck, over.healthcheck)
        : (over.healthcheck ?? base.healthcheck),
    profiles: [...new Set([...base.profiles, ...over.profiles])],
    workingDirectory: over.workingDirectory ?? base.workingDirectory,
    replaced: [...base.replaced, ...over.replaced],
    unused: [...base.unused, ...over.unused],
  };
}

const mergeKeys = (base: HealthcheckKeys, over: HealthcheckKeys): HealthcheckKeys => Object.assign({}, base, over);

function withoutReplaced(base: RawService, replaced: readonly string[]): RawService {
  const is = (key: string): boolean => replaced.includes(key);
  const kept = <T>(key: string, values: ReadonlyMap<string, T>): Map<string, T> =>
    new Map(is(key) ? [] : [...values].filter(([name]) => !is(`${key}/${name}`)));
  return {
    ...base,
    command: is('x-process') ? null : base.command,
    environment: kept('environment', base.environment),
    envFiles: is('env_file') ? [] : base.envFiles,
    ports: is('ports') ? [] : base.ports,
    needs: kept('depends_on', base.needs),
    healthcheck: is('healthcheck') ? null : base.healthcheck,
    profiles: is('profiles') ? [] : base.profiles,
    workingDirectory: is('working_dir') ? null : base.workingDirectory,
  };
}
