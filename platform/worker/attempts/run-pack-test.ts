import type { Logger } from 'pino';
import type { TestSuite } from '../../../contract/pack-tests';
import { livenessNow } from '../../base/clock';
import { suiteResult, type SuiteRun } from '../../core/packs/suite-result';
import type { SuitePlan } from '../../core/packs/testing-block';
import { testEnvironmentsDirectory, testEnvironmentsRef } from '../../base/directories';
import { storableText } from '../../outcomes/captured-output';
import { describeLimits, type ProcessExit } from '../../outcomes/program-exit';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import type { ClaimedPackTest } from '../../store/packs/pack-test-requests';
import { networkOfPrograms } from '../isolation/network-mode';
import { killEarlierRuns, workerMark } from '../process/orphan-cleanup';
import { inheritableVariables, withRuntimeVariables } from '../process/process-environment';
import { programMark, type ProgramRun } from '../process/program-run';
import { notStarted, runProcess } from '../process/run-process';
import { openScratch } from '../process/scratch-directory';
import { NotRunnable, type Preparation, type ProgramPlan } from '../runtimes/runtime';
import type { WorkerContext } from '../worker-context';
import { planSuite } from './plan-suite';
import { removeTree } from '../../files/remove-tree';

interface TestServices {
  readonly workerContext: WorkerContext;
  readonly reportEnvironment: ReportEnvironment;
  readonly log: Logger;
}

/** Runs of one request have numbers of their own: those of a later worker are higher. */
const RUNS_PER_ATTEMPT = 100;
const OUTPUT_LIMIT_BYTES = 1_024 * 1_024;

/**
 * Runs the suites of a pack one after the other, each as a program of its pack without token,
 * parameters and secrets. Null: it was stopped. Environments of files that are not registered are
 * removed at the end.
 */
export async function runPackTest(
  claimed: ClaimedPackTest,
  services: TestServices,
  stop: AbortSignal,
): Promise<TestSuite[] | null> {
  const { workerContext } = services;
  try {
    if (claimed.attempt > 1) await killEarlierTests(claimed, workerContext);
    const results: TestSuite[] = [];
    for (const [index, suite] of claimed.suites.entries()) {
      const run = runOf(claimed, index + 1);
      const ended = stop.aborted ? null : await runSuite({ claimed, suite, run, stop }, services);
      if (ended === null) return null;
      results.push(suiteResult(suite, ended));
    }
    return results;
  } finally {
    if (!claimed.isInstalled) await removeTree(testEnvironmentsDirectory(workerContext, claimed));
  }
}

const runOf = ({ id, attempt }: ClaimedPackTest, number: number): ProgramRun => ({
  owner: `pack-test-${id}`,
  run: attempt * RUNS_PER_ATTEMPT + number,
});

/** What the worker left that was lost must not run beside this one. */
async function killEarlierTests(claimed: ClaimedPackTest, { instance, containment }: WorkerContext): Promise<void> {
  const run = runOf(claimed, 0);
  await containment?.cgroups?.killEarlierRuns(run);
  await killEarlierRuns(instance, run);
}

interface SuiteStart {
  readonly claimed: ClaimedPackTest;
  readonly suite: SuitePlan;
  readonly run: ProgramRun;
  readonly stop: AbortSignal;
}

/** Null: it was stopped. */
async function runSuite(start: SuiteStart, services: TestServices): Promise<SuiteRun | null> {
  await using scratch = openScratch(services.workerContext);
  const { claimed, suite, stop } = start;
  const preparation: Preparation = {
    attempt: {
      tenant: claimed.tenant,
      packRef: claimed.isInstalled ? claimed.packRef : testEnvironmentsRef(claimed),
      packDirectory: claimed.directory,
      entrypoint: suite.entryPoint,
      parameters: {},
      isAdhoc: false,
      folder: '.',
    },
    workerContext: services.workerContext,
    scratch,
    appendLog: () => Promise.resolve(),
    reportEnvironment: claimed.isInstalled ? services.reportEnvironment : () => Promise.resolve(),
    stop,
  };
  const exit = await startSuite(start, preparation);
  if (exit.leakedPids.length > 0) services.log.warn({ pids: exit.leakedPids }, 'PROCESS_LEAKED: by tests of a pack');
  return exit.cause === 'cancelled' ? null : suiteRun(exit, suite);
}

async function startSuite({ claimed, suite, run, stop }: SuiteStart, preparation: Preparation): Promise<ProcessExit> {
  const { workerContext } = preparation;
  const { instance, containment, killGraceMs, logLimitBytes } = workerContext;
  try {
    const plan = await planSuite(suite, preparation);
    const network = networkOfPrograms(claimed.network, workerContext);
    return await runProcess({
      command: plan.command,
      args: plan.args,
      ...(plan.interpreter && { interpreter: plan.interpreter }),
      env: environmentOf(plan, claimed, workerContext),
      cwd: claimed.directory,
      input: null,
      limitMs: suite.timeoutSeconds * 1_000,
      killGraceMs,
      logLimitBytes: Math.min(logLimitBytes, OUTPUT_LIMIT_BYTES),
      stop,
      marker: programMark(instance, run),
      cgroupPlacement: containment && { ...containment, ...run, tenant: claimed.tenant, network },
      files: preparation.scratch.files,
      watchDisk: workerContext.diskWatch?.of(claimed.tenant),
    });
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    return notStarted(livenessNow(), error.failure);
  }
}

const environmentOf = (
  { variables }: ProgramPlan,
  { packRef }: ClaimedPackTest,
  { actionVariables, presetVariables, instance, worker }: WorkerContext,
): Record<string, string> => ({
  ...withRuntimeVariables({ ...inheritableVariables(process.env, actionVariables), ...presetVariables }, variables),
  ATTUNE_PACK_REF: packRef,
  ...workerMark(instance, worker),
});

function suiteRun(exit: ProcessExit, suite: SuitePlan): SuiteRun {
  const { stdout, stderr, startedAt, finishedAt } = exit;
  return {
    stdout: storableText(stdout.head),
    stderr: storableText(stderr.head),
    tails: { stdout: stdout.tail, stderr: stderr.tail },
    problem: problemOf(exit, suite),
    durationMs: Math.max(0, Math.round(finishedAt - startedAt)),
  };
}

function problemOf(exit: ProcessExit, { timeoutSeconds }: SuitePlan): string | null {
  if (exit.startFailure !== null) return exit.startFailure.text;
  if (exit.cause === 'timeout') return `The tests did not end within ${timeoutSeconds} seconds`;
  if (exit.reachedLimits.length > 0) return describeLimits(exit.reachedLimits);
  if (exit.exitCode === 0) return null;
  return exit.exitCode === null
    ? `The program was ended by ${exit.signal}`
    : `The program exited with code ${exit.exitCode}`;
}
