import type { WatchDisk } from '../disk/disk-watch';
import type { EnvironmentRuntime } from '../../../contract/runtimes';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { BuildConfinement } from '../isolation/build-confinement';
import type { OnOutput } from '../process/capture';
import type { WorkerContext } from '../worker-context';

/** What an environment is built for: the pack's stored files. */
export interface EnvironmentSpec {
  readonly pack: Pick<Attempt, 'tenant' | 'packRef'> & { readonly packDirectory: string };
  readonly workerContext: WorkerContext;
}

/** Options of an installer run. */
export interface InstallerOptions {
  readonly killGraceMs: number;
  readonly actionVariables: readonly string[];
  readonly marker: string;
  readonly tenant: number;
  /** Null: installers are not confined. */
  readonly builds: BuildConfinement | null;
  readonly stop: AbortSignal;
  /** Bounds what it leaves on the disk. */
  readonly watchDisk?: WatchDisk | undefined;
  /** Receives the installer's output while it runs. */
  readonly onOutput: OnOutput;
}

export interface InstallationResult {
  readonly ok: boolean;
  /** The last lines of the installer's output, or why it was not started. */
  readonly log: string;
  /** The requirement that could not be installed, as in the manifest; null: none, or unknown. */
  readonly failing: string | null;
}

/** How a pack's environment is built. */
export interface Recipe {
  readonly runtime: EnvironmentRuntime;
  /** Hash of the manifests alone. */
  readonly contentHash: string;
  /** Final directory, named by the hash of all inputs. It appears there complete or not at all. */
  readonly directory: string;
  isReady(): Promise<boolean>;
  /** Builds it in the staging directory. Rejects only for failures of the host. */
  install(stagingDirectory: string, options: InstallerOptions): Promise<InstallationResult>;
}
