import type { RunningPlatform } from '../../../contract/platform-file';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

interface ProcessOptions {
  /** Of `up`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The bundle that runs, in place of the one of the launcher. */
  readonly program: string | undefined;
}

/** A process of the platform that can be killed and started again. */
export class PlatformProcess {
  private cli: CliProcess | undefined;
  private exited: ReturnType<typeof waitForExit> | undefined;
  private facts: RunningPlatform | undefined;
  /** The file of each start: it exists as long as that runs. */
  readonly platformFiles: string[] = [];

  constructor(private readonly options: ProcessOptions) {}

  /** Of the latest start. */
  get running(): RunningPlatform {
    return this.facts!;
  }

  /** Starts it and waits until it is ready. Throws its stderr where it exits before. */
  async boot(more: readonly string[] = []): Promise<void> {
    const { args, env, program } = this.options;
    this.cli = spawnCli(['up', '--json', '--compat', 'attune', ...args, ...more], env, program);
    this.exited = waitForExit(this.cli);
    this.facts = await waitForReady(this.cli);
    this.platformFiles.push(this.facts.platform_file);
  }

  /** Its workers end with it. */
  async kill(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]> {
    this.cli!.kill(signal);
    return this.exited!;
  }

  /** Settles when it has exited, whatever the reason. */
  waitForExit(): Promise<unknown> {
    return this.exited!;
  }

  hasEnded(): boolean {
    return this.cli !== undefined && (this.cli.exitCode !== null || this.cli.signalCode !== null);
  }
}
