import { isAttaching } from '../../helpers/target/obtain-target';
import { startPlatform, type StartedPlatform } from '../../helpers/target/start/started-platform';
import type { ReportLine } from './selected-tests';

const SOURCE = /^(platform|contract|cli|bin|packs\/core)\/|^package(-lock)?\.json$/;

/**
 * A platform that serves several runs of scenarios. It starts with the first of them, with the
 * settings of `up`; never where the environment names a platform.
 */
export class WatchedPlatform {
  private started: StartedPlatform | null = null;

  constructor(private readonly report: ReportLine) {}

  /** Variables for a run with scenarios: where they find the platform, which this starts. */
  async variables(): Promise<Record<string, string>> {
    if (isAttaching(process.env)) return {};
    const reason = this.started?.exitReason() ?? null;
    if (reason !== null) {
      this.report(`the platform has ended (${reason}), and starts again`);
      this.started = null;
    }
    this.started ??= await startPlatform({});
    return { PLATFORM_FILE: this.started.running.platform_file };
  }

  /** Stops it after a change of its sources: the next run of scenarios starts it again. */
  async stopIfOutdated(changed: readonly string[]): Promise<void> {
    if (changed.some((file) => SOURCE.test(file))) await this.stop();
  }

  async stop(): Promise<void> {
    const { started } = this;
    this.started = null;
    await started?.stop();
  }
}
