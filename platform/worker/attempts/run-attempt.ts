import { livenessNow } from '../../base/clock';
import type { JsonObject } from '../../../contract/json';
import type { NetworkMode } from '../../../contract/packs';
import { measuredLimitMs, type Attempt, type AttemptOutcome } from '../../store/lifecycle/attempt';
import { networkOfPrograms } from '../isolation/network-mode';
import { createArtifactsOf } from '../process/artifacts-directory';
import { processEnvironment } from '../process/process-environment';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { formatParameters } from '../process/parameter-formats';
import { killEarlierRuns } from '../process/orphan-cleanup';
import { programMark, runOfAttempt } from '../process/program-run';
import { notStarted, runProcess, type ProgramSpec } from '../process/run-process';
import { RedactionFault } from '../../redaction/redaction-fault';
import { Redactor } from '../../redaction/redactor';
import { checkedOutcome, connectionFailure, failedOutcome } from '../../outcomes/attempt-outcome';
import type { OutputProblem } from '../../outcomes/output-problem';
import { uncaughtError } from '../../outcomes/uncaught-error';
import type { ProcessExit } from '../../outcomes/program-exit';
import { runBuiltIn } from './run-built-in';
import { containerRuntime } from '../runtimes/container';
import { requireRuntimeVersion, chooseRuntime } from '../runtimes/choose-runtime';
import { NotRunnable, type AppendLog, type Preparation, type ProgramPlan } from '../runtimes/runtime';
import { buildContainer } from '../runtimes/container-program';
import { runContainer } from '../runtimes/run-container';
import { openScratch, type ScratchDirectory } from '../process/scratch-directory';
import { workingDirectory } from '../process/working-directory';
import { RELINQUISHED, SUSPENDED } from './stop-reasons';
import { openStreamLogs, type StreamLogs } from './stream-logs';
import type { WorkerContext } from '../worker-context';

export interface AttemptHooks {
  /** Fetches the files of its pack. Returns why it cannot be started; null: they are there. */
  fetchPack(): Promise<string | null>;
  /** The token of an attempt with permission sets; null where the lease is lost. */
  issueToken(): Promise<string | null>;
  /**
   * Called just before the start. False: the attempt was cancelled or fenced; nothing is started.
   */
  beforeStart(startedAtMs: number): Promise<boolean>;
  readonly appendLog: AppendLog;
  readonly reportEnvironment: ReportEnvironment;
}

/**
 * Runs one attempt from its parameters to its outcome. Null: it was not started, or it was
 * relinquished (`stop` aborted with RELINQUISHED or SUSPENDED): no outcome to store. Output that
 * cannot be redacted is not stored: the attempt fails. Rejects only for failures of the host,
 * never of the action.
 */
export async function runAttempt(
  attempt: Attempt,
  workerContext: WorkerContext,
  hooks: AttemptHooks,
  stop: AbortSignal,
): Promise<AttemptOutcome | null> {
  await using scratch = openScratch(workerContext);
  await using logs = openStreamLogs(attempt, workerContext);
  try {
    return await runPrepared(attempt, workerContext, hooks, { logs, scratch, stop });
  } catch (error) {
    if (!(error instanceof RedactionFault)) throw error;
    await logs.discard();
    return failedOutcome(error.message);
  }
}

interface AttemptResources {
  readonly logs: StreamLogs;
  readonly scratch: ScratchDirectory;
  readonly stop: AbortSignal;
}

/** Throws RedactionFault. */
async function runPrepared(
  attempt: Attempt,
  workerContext: WorkerContext,
  hooks: AttemptHooks,
  { logs, scratch, stop }: AttemptResources,
): Promise<AttemptOutcome | null> {
  const { appendLog, reportEnvironment } = hooks;
  const preparation = { attempt, workerContext, scratch, appendLog, reportEnvironment, stop };
  if (attempt.attempt > 1) await killEarlierAttempts(attempt, workerContext);
  if (attempt.missingConnection !== null) return connectionFailure(attempt.missingConnection);
  const { run, redactor } = await prepareAttempt(preparation, logs, hooks);
  if (isRelinquished(stop) || !(await hooks.beforeStart(livenessNow()))) return null;
  const exit = await run();
  if (exit.leakedPids.length > 0) await appendLog('WARNING', { code: 'PROCESS_LEAKED', pids: [...exit.leakedPids] });
  if (exit.cause === 'cancelled' && isRelinquished(stop)) return null;
  const { stderr, problem, writtenLogs } = await logs.close(exit);
  if (problem !== null) await appendLog('WARNING', { code: 'LOG_NOT_KEPT', problem });
  const { outcome, problem: outputProblem } = checkedOutcome(attempt, exit, stderr);
  if (outputProblem !== null) await appendLog('WARNING', outputWarning(attempt, outputProblem, redactor));
  return { ...redactOutcome(outcome, redactor), logs: writtenLogs };
}

/** The entry of an output that is not what its format promises. */
const outputWarning = ({ outputFormat }: Attempt, problem: OutputProblem, redactor: Redactor): JsonObject =>
  redactor.redactValue({
    code: 'OUTPUT_INVALID',
    format: outputFormat,
    line: problem.line,
    column: problem.column,
    found: problem.found,
    problem: problem.problem,
  });

/**
 * Streams are masked as they are read; a secret that a document encodes in another way appears
 * only after the document is parsed.
 */
function redactOutcome(outcome: AttemptOutcome, redactor: Redactor): AttemptOutcome {
  const result = redactor.redactValue(outcome.result);
  return redactor.hasMasked ? { ...outcome, result: { ...result, redacted: true } } : outcome;
}

interface PreparedAttempt {
  run(): Promise<ProcessExit>;
  /** Masks the attempt's secrets in its output. */
  readonly redactor: Redactor;
}

/**
 * The earlier attempt's worker was lost or relinquished it: its leftovers must not run beside this
 * one.
 */
async function killEarlierAttempts(attempt: Attempt, { instance, containment }: WorkerContext): Promise<void> {
  const run = runOfAttempt(attempt);
  await containment?.cgroups?.killEarlierRuns(run);
  await killEarlierRuns(instance, run);
}

const isRelinquished = (stop: AbortSignal): boolean =>
  stop.aborted && [RELINQUISHED, SUSPENDED].includes(stop.reason as string);

/** Prepares everything before the start. NotRunnable becomes a `not-started` exit. */
async function prepareAttempt(
  preparation: Preparation<Attempt>,
  logs: StreamLogs,
  hooks: AttemptHooks,
): Promise<PreparedAttempt> {
  const { attempt, stop } = preparation;
  try {
    if (attempt.problem !== null) throw new NotRunnable(attempt.problem);
    const missing = attempt.packDigest ? await hooks.fetchPack() : null;
    if (missing !== null) throw new NotRunnable(missing);
    const runtime = chooseRuntime(attempt);
    const isContainer = runtime === containerRuntime;
    const network = networkOfPrograms(attempt.network, preparation.workerContext, isContainer);
    await requireRuntimeVersion(runtime, attempt.runtimeVersionConstraint, preparation.workerContext);
    const plan = await runtime.plan(preparation);
    // Issued after the environment build, which could take minutes of the token's lifetime.
    const token = attempt.credential === null || isContainer ? null : await hooks.issueToken();
    const redactor = new Redactor(token === null ? attempt.secrets : [...attempt.secrets, token]);
    if (plan.kind === 'builtin') {
      return { redactor, run: () => runBuiltIn(plan, measuredLimitMs(attempt), stop, redactor) };
    }
    const { onOutput } = logs;
    const filters = { stdout: redactor.createFilter(), stderr: redactor.createFilter() };
    if (plan.kind === 'container') {
      const container = await buildContainer(plan, preparation, network);
      return { redactor, run: () => runContainer({ ...container, onOutput, filters }) };
    }
    const program = await buildProgram(plan, preparation, { token, network });
    const run = () => runProcess({ ...program, onOutput, filters });
    const isOurs = plan.variables.platformOnly === true;
    return { redactor, run: isOurs ? () => logCrash(run, preparation) : run };
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    const { failure } = error;
    return { redactor: new Redactor(attempt.secrets), run: () => Promise.resolve(notStarted(livenessNow(), failure)) };
  }
}

/** A program of the platform that ends by itself without output ended by an error of its own. */
async function logCrash(
  run: () => Promise<ProcessExit>,
  { attempt, workerContext }: Preparation<Attempt>,
): Promise<ProcessExit> {
  const exit = await run();
  const { exitCode, signal, stderr } = exit;
  if (exit.cause !== 'exited' || exit.stdout.head.length > 0) return exit;
  const err = { message: (uncaughtError(stderr.tail) ?? stderr.tail).trim(), stack: stderr.tail };
  workerContext.log.error({ execution: attempt.execution, exitCode, signal, err }, 'a program of the platform crashed');
  return exit;
}

const PARAMETER_FILES = { json: 'parameters.json', dotenv: 'parameters.env', yaml: 'parameters.yaml' } as const;

async function buildProgram(
  plan: ProgramPlan,
  { attempt, workerContext, scratch, stop }: Preparation<Attempt>,
  { token, network }: { readonly token: string | null; readonly network: NetworkMode },
): Promise<ProgramSpec> {
  const { containment, instance } = workerContext;
  const run = runOfAttempt(attempt);
  const text = plan.input === 'parameters' ? formatParameters(attempt.parameters, attempt.parameterFormat) : null;
  const isFileDelivery = attempt.delivery === 'file' && text !== null;
  const path = isFileDelivery ? await scratch.writeFile(PARAMETER_FILES[attempt.parameterFormat], text) : null;
  await createArtifactsOf(attempt, workerContext);
  return {
    command: plan.command,
    args: plan.args,
    ...(plan.interpreter && { interpreter: plan.interpreter }),
    findImportFailure: plan.findImportFailure,
    env: processEnvironment(attempt, workerContext, process.env, plan.variables, { parameterFile: path, token }),
    cwd: await workingDirectory(attempt.packDirectory, workerContext),
    input: isFileDelivery ? null : text,
    limitMs: measuredLimitMs(attempt),
    killGraceMs: workerContext.killGraceMs,
    logLimitBytes: workerContext.logLimitBytes,
    stop,
    marker: programMark(instance, run),
    cgroupPlacement: containment && { ...containment, ...run, tenant: attempt.tenant, network },
    files: scratch.files,
    watchDisk: workerContext.diskWatch?.of(attempt.tenant),
  };
}
