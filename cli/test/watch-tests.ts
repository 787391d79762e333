import { EXIT_CODES } from '../../contract/errors';
import { isAttaching } from '../../helpers/target/is-attaching';
import { startPlatform, type StartedPlatform } from '../../helpers/target/start/started-platform';
import { CommandError } from '../failures';
import { watchSources } from './changed-sources';
import { listTestFiles, runJest, UNPOSTED, type JestRun } from './jest-process';
import { testsAffectedBy, type ReportLine, type SelectedTests } from './selected-tests';

/** What the watch repeats. */
interface Watch {
  readonly root: string;
  readonly stop: AbortSignal;
  /** What runs before the first change. */
  readonly first: SelectedTests;
  /** A run of Jest on these tests. */
  runOf(selected: SelectedTests): JestRun;
  readonly report: ReportLine;
}

/**
 * Runs the tests, and after each change those that depend on it, until `stop` aborts: it then
 * rejects with Interrupted. One platform serves all runs until its sources change.
 */
export async function watchTests({ root, stop, first, runOf, report }: Watch): Promise<void> {
  const sources = await watchSources(root);
  const platform = new WatchedPlatform(report);
  try {
    await runSelected(runOf(first), platform, report);
    for (let changed: readonly string[] = []; ;) {
      report('waiting for changes; Ctrl-C ends');
      changed = [...new Set([...changed, ...(await sources.next(stop))])];
      report(`changed: ${changed.join(', ')}`);
      await platform.stopIfOutdated(changed);
      const files = await affectedOrNull(root, changed, report);
      if (files === null) continue;
      changed = [];
      await runSelected(runOf({ files }), platform, report);
    }
  } finally {
    sources.close();
    await platform.stop();
  }
}

/** Lists what Jest would run only where that may contain a scenario, which needs the platform. */
async function runSelected(run: JestRun, platform: WatchedPlatform, report: ReportLine): Promise<void> {
  if (run.only?.length === 0) return report('no test depends on it');
  const needsList = run.only === undefined || run.only.some(isScenario);
  const files = needsList ? await listTestFiles(run) : [];
  if (needsList && files.length === 0) return report('no selected test depends on it');
  await runJest({ ...run, env: { ...UNPOSTED, ...(files.some(isScenario) && (await platform.variables())) } });
}

const isScenario = (path: string): boolean => /(^|\/)tests\/e2e\//.test(path);

/** Null while a module cannot be read: its next change completes it. */
async function affectedOrNull(
  root: string,
  changed: readonly string[],
  report: ReportLine,
): Promise<readonly string[] | null> {
  try {
    return await testsAffectedBy(root, changed, report);
  } catch (error) {
    if (!(error instanceof CommandError && error.exitCode === EXIT_CODES.testFailed)) throw error;
    report(error.message);
    return null;
  }
}

const SOURCE = /^(platform|contract|cli|bin|packs\/core)\/|^package(-lock)?\.json$/;

/**
 * A platform that serves several runs of scenarios. It starts with the first of them, with the
 * settings of `up`; never where the environment names a platform.
 */
class WatchedPlatform {
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
