import type { Env } from '../contract/environment';
import type { CreateWorker } from '../contract/tenant-workers';
import {
  RUNTIME_MANIFEST,
  type RuntimeEntry,
  type RuntimeKind,
  type RuntimeManifest,
} from '../contract/runtime-manifest';

/**
 * How an arm gets its credentials: `user`, from variables of this host; `platform`, the token of
 * its execution; `none`.
 */
type Credentials = 'none' | 'user' | 'platform';

/** A runtime or a template that the suite tests. */
export interface Arm {
  readonly selector: string;
  readonly kind: RuntimeKind;
  /** An arm has either of them. */
  readonly runtime?: string;
  readonly template?: string;
  /** Prefix of the version that its programs run with; null: any supported one. */
  readonly version: string | null;
  readonly credentials: Credentials;
  /** Variables with the user's key, by name of the credential; the first that is set is used. */
  readonly credentialNames: Readonly<Record<string, readonly string[]>>;
}

/** ARM_UNKNOWN: a selector names no arm, a version that is not supported, or no credentials. */
export class ArmUnknown extends Error {
  readonly code = 'ARM_UNKNOWN';

  constructor(
    readonly selector: string,
    readonly known: readonly string[],
  ) {
    super(`ARM_UNKNOWN: "${selector}" selects no arm; there are: ${known.join(', ')}`);
    this.name = 'ArmUnknown';
  }
}

/** One for each runtime and each template of the manifest. */
export const allSelectors = ({ runtimes, templates }: RuntimeManifest = RUNTIME_MANIFEST): string[] =>
  [...runtimes, ...templates].map(({ name }) => name);

/** The managed runtimes of the manifest. */
export const managedRuntimes = (): string[] =>
  RUNTIME_MANIFEST.runtimes.filter(({ kind }) => kind === 'managed').map(({ name }) => name);

/** The managed runtimes with this capability in the manifest. */
export const runtimesClaiming = (capability: string): string[] =>
  RUNTIME_MANIFEST.runtimes
    .filter(({ kind, capabilities }) => kind === 'managed' && capabilities.includes(capability))
    .map(({ name }) => name);

const SELECTOR = /^(?<name>[a-z][a-z0-9.-]*)(?:@(?<version>\d+(?:\.\d+)*))?(?:\+(?<credentials>user|platform))?$/;

/**
 * The arm of a selector, `<name>[@<version>][+user|+platform]`: a runtime by name or alias, or a
 * template. Throws ArmUnknown.
 */
export function resolveArm(selector: string, manifest: RuntimeManifest = RUNTIME_MANIFEST): Arm {
  const groups = SELECTOR.exec(selector)?.groups;
  const arm = groups && (runtimeArm(groups, manifest) ?? templateArm(groups, manifest));
  if (!arm) throw new ArmUnknown(selector, allSelectors(manifest));
  return { selector, ...arm };
}

type Groups = Partial<Record<string, string>>;
type ResolvedArm = Omit<Arm, 'selector'> | undefined;

function runtimeArm(groups: Groups, { runtimes }: RuntimeManifest): ResolvedArm {
  const entry = runtimes.find(({ name, aliases }) => [name, ...aliases].includes(groups.name!));
  return entry && settingsOf(entry, groups, { runtime: entry.name, version: null });
}

function templateArm(groups: Groups, { runtimes, templates }: RuntimeManifest): ResolvedArm {
  const template = templates.find(({ name }) => name === groups.name);
  const entry = runtimes.find(({ name }) => name === template?.runtime);
  return template && entry && settingsOf(entry, groups, { template: template.name, version: template.version });
}

/** A template has the credentials of its runtime. Undefined: the runtime has no such arm. */
function settingsOf(
  { kind, versions, credentials: names }: RuntimeEntry,
  groups: Groups,
  preset: Pick<Arm, 'runtime' | 'template' | 'version'>,
): ResolvedArm {
  const version = groups.version ?? preset.version;
  const credentials = (groups.credentials ?? 'none') as Credentials;
  if (version !== null && !versions.some((prefix) => isWithin(version, prefix))) return undefined;
  if (credentials === 'platform' && kind === 'external') return undefined; // it has no process of the platform
  if (credentials === 'user' && Object.keys(names).length === 0) return undefined;
  return { kind, ...preset, version, credentials, credentialNames: credentials === 'user' ? names : {} };
}

/** `3.11.2` is within `3` and `3.11`, and not within `3.1`. */
export const isWithin = (version: string, prefix: string): boolean => `${version}.`.startsWith(`${prefix}.`);

/** Whether the manifest supports this version of the runtime; any, where it names no versions. */
export function isSupportedVersion(runtime: string, version: string): boolean {
  const { versions } = RUNTIME_MANIFEST.runtimes.find(({ name }) => name === runtime)!;
  return versions.length === 0 || versions.some((prefix) => isWithin(version, prefix));
}

/** The runtime that the workers of the arm have. */
export const runtimeOf = (
  { runtime, template }: Pick<Arm, 'runtime' | 'template'>,
  { templates }: RuntimeManifest = RUNTIME_MANIFEST,
): string => runtime ?? templates.find(({ name }) => name === template)!.runtime;

/** Those that `E2E_RUNTIME` names, separated by commas; all without it. Throws ArmUnknown. */
export function selectedArms({ E2E_RUNTIME: selectors }: Env): Arm[] {
  const named = selectors ? selectors.split(',').map((selector) => selector.trim()) : allSelectors();
  return named.map((selector) => resolveArm(selector));
}

/** The variables of the arm's credentials, in the order in which they are read. */
export const credentialVariables = (selector: string): string[] =>
  Object.values(resolveArm(selector).credentialNames).flat();

/** The first of these variables that is set; null: none. */
export function findCredential(variables: readonly string[], env: Env): { variable: string; value: string } | null {
  const variable = variables.find((name) => env[name]);
  return variable === undefined ? null : { variable, value: env[variable]! };
}

export type WorkerPayload = {
  readonly kind: RuntimeKind;
  readonly runtime?: string;
  readonly template?: string;
} & Omit<CreateWorker, 'kind' | 'runtime' | 'template'>;

/** The body of a request that creates a worker of the arm: without keys that are not set. */
export const workerPayload = (
  { kind, runtime, template }: Pick<Arm, 'kind' | 'runtime' | 'template'>,
  more: Omit<WorkerPayload, 'kind' | 'runtime' | 'template'> = {},
): WorkerPayload => ({
  kind,
  ...(runtime !== undefined && { runtime }),
  ...(template !== undefined && { template }),
  ...more,
});
