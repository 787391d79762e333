import type { EnvironmentRuntime } from '../../../contract/environments';
import type { Attempt } from '../attempt';
import type { Keep } from '../capture';
import type { Surroundings } from '../surroundings';

/** What an environment is needed for: the pack's files as they are stored. */
export interface Needed {
  readonly pack: Pick<Attempt, 'tenant' | 'packRef'> & { readonly packDirectory: string };
  readonly surroundings: Surroundings;
}

/** What an installer is started with. */
export interface Installation {
  readonly killGraceMs: number;
  readonly marker: string;
  readonly stop: AbortSignal;
  /** Hears what the installer says, as it says it. */
  readonly said: Keep;
}

export interface Installed {
  readonly ok: boolean;
  /** The end of what the installer said, or why it was not started. */
  readonly log: string;
  /** The requirement that could not be had, as the manifest names it; null: none, or it cannot be told. */
  readonly failing: string | null;
}

/** How a pack's environment is made. */
export interface Recipe {
  readonly runtime: EnvironmentRuntime;
  /** Hash of the manifests alone. */
  readonly contentHash: string;
  /** Where it will stand, named by the hash of all that it is made from. It appears there whole or not at all. */
  readonly directory: string;
  isReady(): Promise<boolean>;
  /** Makes it at `site`, from where it is moved to its place. Rejects for faults of the host only. */
  install(site: string, installation: Installation): Promise<Installed>;
}
