import { satisfies, validRange } from 'semver';
import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';

/** What a template adds to a managed worker of its runtime. */
export interface WorkerPreset {
  /** Prefix of the versions of its runtime that it accepts; null: every one. */
  readonly version: string | null;
  /** Variables of its programs. Those of a request replace them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Executions that it runs at once. */
  readonly slots: number;
}

/** Null: no template, or one that the manifest no longer has. */
export function presetOf(template: string | null): WorkerPreset | null {
  const found = RUNTIME_MANIFEST.templates.find(({ name }) => name === template);
  return found ? { version: found.version, environment: found.environment, slots: found.limits.slots } : null;
}

type Versions = Readonly<Record<string, string>>;

/** Without the runtimes whose version the preset does not accept. `runtimes`: versions by name. */
export function acceptedRuntimes(runtimes: Versions, { version }: Pick<WorkerPreset, 'version'>): Versions {
  if (version === null) return runtimes;
  const range = validRange(version);
  return Object.fromEntries(Object.entries(runtimes).filter(([, found]) => range !== null && satisfies(found, range)));
}
