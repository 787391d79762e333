import { isAbsolute, staysBelow } from '../path-text';
import { SandboxError } from '../sandbox-error';
import type { Findings } from './compose-part';
import { healthcheckOf, type Healthcheck } from './healthcheck';
import type { ValueOf } from './interpolate';
import { publishedPorts, type PortEntry, type PublishedPort } from './published-ports';
import type { Condition, RawNeed, RawService } from './raw-service';
import { ProjectReader, type RawProject } from './read-project';
import type { RepositoryFiles } from './repository-files';

/** One service of a stack. */
export interface Service {
  readonly name: string;
  /** A command line of the shell; null: only an engine can run it. */
  readonly command: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly PortEntry[];
  /** False: an engine has no container of it, as with `scale: 0`. */
  readonly hasContainer: boolean;
  /** What it is started after. */
  readonly needs: readonly { readonly service: string; readonly condition: Condition }[];
  readonly healthcheck: Healthcheck | null;
  /** Below the root of the copy. */
  readonly workingDirectory: string;
}

/** The services of a compose file that are started, each after those that it depends on. */
interface ComposeProject {
  readonly services: readonly Service[];
  /** What a stack of processes cannot do; an engine may. */
  readonly faults: readonly string[];
  /** What a stack of processes does not use. */
  readonly notices: readonly string[];
}

/** A compose file whose published ports are known, but not yet chosen. */
export interface ComposeFile {
  readonly ports: readonly PublishedPort[];
  /** Names of the services that only an engine can run; none: every one is a process. */
  readonly without: readonly string[];
  /** Names of the services of which an engine has a container. */
  readonly containers: readonly string[];
  /** What is wrong in it for a stack of processes, which an engine decides. */
  readonly faults: readonly string[];
  readonly notices: readonly string[];
  /** The services, with these values of variables besides those of the host. */
  servicesWith(variables: Readonly<Record<string, string>>): readonly Service[];
}

/** In the place of a port that is not chosen yet. */
const SOME_PORT = '20000';

/**
 * Reads a compose file of a repository; `host`: the variables of the host of the stack. Throws
 * SandboxError with all that is wrong where every service is a process. What only an engine needs
 * is left to the engine.
 */
export function readComposeFile(
  files: RepositoryFiles,
  path: string,
  host: Readonly<Record<string, string>>,
): ComposeFile {
  const reader = new ProjectReader(files);
  const read = (variables: Readonly<Record<string, string>>): ComposeProject =>
    readServices(reader, reader.read(path, Object.assign({}, host, variables)));
  const first = read({});
  const without = first.services.filter(({ command }) => command === null).map(({ name }) => name);
  const areProcesses = without.length === 0;
  const ports = publishedPorts(first.services, areProcesses);
  const chosen = ports.flatMap((port) => ('variable' in port ? [[port.variable, SOME_PORT] as const] : []));
  const { services, faults, notices } = read(Object.fromEntries(chosen));
  if (areProcesses && services.length === 0 && faults.length === 0)
    throw invalid(`${path} has no service to start; right would be one below services, without an inactive profile`);
  if (areProcesses && faults.length > 0) throw invalid(faults.join('\n'));
  const published = publishedPorts(services, areProcesses);
  return {
    ports: published,
    without,
    containers: services.filter(({ hasContainer }) => hasContainer).map(({ name }) => name),
    faults,
    notices: areProcesses ? notices : [],
    servicesWith: (variables) => read(variables).services,
  };
}

const invalid = (message: string): SandboxError => new SandboxError('COMPOSE_FILE_INVALID', message);

function readServices(reader: ProjectReader, project: RawProject): ComposeProject {
  const { services: raw, findings, valueOf } = project;
  const active = new Map([...raw].filter(([, service]) => isActive(service, valueOf)));
  const services = startOrder(active, raw, findings).map((name) => serviceOf(name, active, reader, project));
  return { services, faults: [...new Set(findings.faults)], notices: [...new Set(findings.notices)] };
}

function isActive({ profiles }: RawService, valueOf: ValueOf): boolean {
  const chosen = (valueOf('COMPOSE_PROFILES') ?? '').split(',').map((name) => name.trim());
  return profiles.length === 0 || profiles.some((name) => chosen.includes(name) || chosen.includes('*'));
}

function serviceOf(
  name: string,
  active: ReadonlyMap<string, RawService>,
  reader: ProjectReader,
  project: RawProject,
): Service {
  const { findings } = project;
  const raw = active.get(name)!;
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    findings.faults.push(
      `the service ${name} has a name that is none; right would be a name of letters, digits and ._-`,
    );
  if (raw.command !== null) findings.notices.push(...raw.unused);
  return {
    name,
    command: raw.command,
    ports: raw.ports,
    hasContainer: raw.hasContainer,
    environment: environmentOf(raw, reader, project),
    needs: [...raw.needs].flatMap(([service, need]) => {
      const needed = active.get(service);
      return needed ? [{ service, condition: conditionOf(need, needed) ?? 'service_started' }] : [];
    }),
    healthcheck: healthcheckOf(raw.healthcheck ?? {}),
    workingDirectory: raw.command === null ? '.' : workingDirectoryOf(raw, findings),
  };
}

function workingDirectoryOf({ workingDirectory }: RawService, findings: Findings): string {
  if (workingDirectory === null) return '.';
  const { path, at } = workingDirectory;
  if (isAbsolute(path)) {
    findings.notices.push(`${at} working_dir ${path} is of a container: the process runs in the root of the copy`);
    return '.';
  }
  if (staysBelow(path)) return path;
  findings.faults.push(`${at} working_dir ${path} is outside of the copy; right would be a path below its root`);
  return '.';
}

/** Its own variables, over those of its files, and those of `.env` that its command names. */
function environmentOf(raw: RawService, reader: ProjectReader, project: RawProject): Record<string, string> {
  const { findings, valueOf, dotEnv } = project;
  const values = new Map<string, string>();
  for (const [, name] of (raw.command ?? '').matchAll(/\$\{?([A-Za-z_]\w*)/g))
    if (dotEnv.has(name!)) values.set(name!, valueOf(name!)!);
  for (const file of raw.envFiles) {
    if (!file.required && !reader.has(file.path)) continue;
    const given = reader.readVariables(file, (name) => values.get(name) ?? valueOf(name), findings);
    for (const [name, value] of given) setOrRemove(values, name, value ?? valueOf(name));
  }
  for (const [name, value] of raw.environment) setOrRemove(values, name, value ?? valueOf(name));
  return Object.fromEntries(values);
}

function setOrRemove(values: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) values.delete(name);
  else values.set(name, value);
}

/** Names of the services, each after those that it needs; what is not there is noted. */
function startOrder(
  active: ReadonlyMap<string, RawService>,
  all: ReadonlyMap<string, RawService>,
  { faults }: Findings,
): string[] {
  const order: string[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (order.includes(name)) return;
    if (above.includes(name)) return void faults.push(`services form a circle: ${[...above, name].join(' needs ')}`);
    for (const [needed, need] of active.get(name)!.needs) {
      if (active.has(needed)) {
        if (need.required && conditionOf(need, active.get(needed)!) === null)
          faults.push(`${need.at} ${name} waits until ${needed} is healthy, but that has no healthcheck; ${REMEDY}`);
        visit(needed, [...above, name]);
      } else if (need.required) faults.push(missing(name, needed, need, all.get(needed)));
    }
    order.push(name);
  };
  for (const name of active.keys()) visit(name, []);
  return order;
}

/** Null: a process without a healthcheck is never healthy. */
function conditionOf({ condition }: RawNeed, { command, healthcheck }: RawService): Condition | null {
  const isChecked = command === null || healthcheckOf(healthcheck ?? {}) !== null;
  return condition === 'service_healthy' && !isChecked ? null : condition;
}

const REMEDY = 'right would be a healthcheck with a test, or the condition service_started';

function missing(name: string, needed: string, { at }: RawNeed, inactive: RawService | undefined): string {
  if (!inactive)
    return `${at} ${name} needs ${needed}, which is no service; required: false is for one that may be absent`;
  const profiles = inactive.profiles.join(', ');
  return `${at} ${name} needs ${needed}, whose profile is not active; COMPOSE_PROFILES names active ones: ${profiles}`;
}
