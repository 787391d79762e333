import { repositoryRoot } from '../repository-root';
import { isAttaching } from '../target/is-attaching';
import { useSuitePlatform } from '../target/obtain-target';
import { provision } from '../target/provision';
import { readRunSwitches, requireKnownVariables, SwitchError } from '../target/run-switches';
import { spawnSuitePlatform } from '../target/start/spawn-suite-platform';
import { takeEarly } from './early-target';
import { exitUnprovisioned } from './exit-unprovisioned';
import { storeProvisioned } from './provisioned-target';
import { createRecordsDirectory } from './records-directory';
import { requireReporter, type ReportersOfRun } from './required-reporter';
import { resultsDirectory } from './results-directory';
import { selectedFiles } from './selected-files';
import { selectedNeeds } from './selected-needs';

const ROOT = repositoryRoot();

/** The part of Jest's configuration that the setup reads. */
interface JestRun extends ReportersOfRun {
  maxWorkers: number;
  testNamePattern?: string;
}

/**
 * Starts the platform or attaches to it, once per run, and probes what the selected tests need.
 * Jest requires the function as the module's value.
 */
async function setUp({ maxWorkers, testNamePattern: titlePattern, reporters }: JestRun): Promise<void> {
  if (process.env.DATABASE_URL && !isAttaching(process.env)) {
    process.stderr.write('tuningfork: DATABASE_URL is ignored: the suite starts a platform with its own database\n');
  }
  try {
    requireKnownVariables(process.env);
    readRunSwitches(process.env);
    requireVerdict({ reporters });
    const needs = selectedNeeds(ROOT, { files: selectedFiles(), titlePattern });
    const start = async () => useSuitePlatform(await (takeEarly() ?? spawnSuitePlatform()));
    const createRecords = (run: string) => createRecordsDirectory(resultsDirectory(ROOT, process.env), run);
    storeProvisioned(await provision({ jestWorkers: maxWorkers, needs, createRecords }, start));
  } catch (error) {
    exitUnprovisioned(error);
  }
}

/** Here too: `--testSequencer` replaces the sequencer. Throws SwitchError. */
function requireVerdict(run: ReportersOfRun): void {
  if (requireReporter(run)) return;
  throw new SwitchError(
    'CONFIG_WITHOUT_VERDICT: the configuration of Jest (--config) has no `reporters`, so that nothing would decide ' +
      "about the run: take them from jest.config.ts, or give reporters: ['default']",
  );
}

export = setUp;
