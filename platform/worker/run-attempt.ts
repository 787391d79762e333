import { mkdir, stat } from 'node:fs/promises';
import { hostNow } from '../clock';
import type { Said } from '../store/artifacts';
import type { Attempt, Outcome } from './attempt';
import type { Whose } from './cgroups';
import { processEnvironment } from './environment';
import { executionToken } from './execution-token';
import type { Report } from './environments/report';
import { formatParameters } from './formats';
import { endEarlierAttempts } from './former-life';
import { notStarted, runProcess, type Ended, type Program } from './process';
import { redactorOf, type Redactor } from './redact';
import { outcomeOf } from './result';
import { runBuiltIn } from './run-built-in';
import { requireVersion, runtimeOf } from './runtimes/choose';
import { NotRunnable, type Note, type Preparation, type ProgramPlan } from './runtimes/runtime';
import { openScratch } from './scratch';
import { RELINQUISHED } from './stop-reasons';
import { openStreamLogs, type StreamLogs } from './stream-logs';
import { artifactsOf, markerOf, temporaryOf, type Surroundings } from './surroundings';

export interface Hooks {
  /** Called just before the start. False: somebody cancelled or fenced us, and nothing may be started. */
  started(startedAtMs: number): Promise<boolean>;
  readonly note: Note;
  readonly report: Report;
  /** Called before the end is told, of one that said anything. Never rejects. */
  said(logs: readonly Said[]): Promise<void>;
}

/**
 * Runs one attempt from its parameters to its result. Null: it was not ours to start, or it was given up
 * (`stop` aborted with RELINQUISHED), so there is no end to write. Rejects only for faults of the host, never of the action.
 */
export async function runAttempt(
  attempt: Attempt,
  surroundings: Surroundings,
  hooks: Hooks,
  stop: AbortSignal,
): Promise<Outcome | null> {
  await using scratch = openScratch(temporaryOf(surroundings));
  await using logs = openStreamLogs(attempt, surroundings);
  const preparation = { attempt, surroundings, scratch, note: hooks.note, report: hooks.report, stop };
  if (attempt.attempt > 1) await endEarlier(attempt, surroundings);
  const { start, redactor } = await prepare(preparation, logs);
  if (isGivenUp(stop) || !(await hooks.started(hostNow()))) return null;
  const ended = await start();
  if (ended.leaked.length > 0) await hooks.note('WARNING', { code: 'PROCESS_LEAKED', pids: [...ended.leaked] });
  if (ended.cause === 'cancelled' && isGivenUp(stop)) return null;
  const kept = await logs.end(ended);
  if (kept.problem !== null) await hooks.note('WARNING', { code: 'LOG_NOT_KEPT', problem: kept.problem });
  if (kept.said.length > 0) await hooks.said(kept.said);
  return redacted(outcomeOf(attempt, ended, kept.stderr), redactor);
}

/** Streams are masked as they come; a secret that a document spelt otherwise is in clear only once it has been read. */
function redacted(outcome: Outcome, redactor: Redactor): Outcome {
  const result = redactor.value(outcome.result);
  return redactor.masked ? { ...outcome, result: { ...result, redacted: true } } : outcome;
}

interface Prepared {
  start(): Promise<Ended>;
  /** Watches over what the attempt says. */
  readonly redactor: Redactor;
}

/** Whoever ran it before was lost, or gave it up; what that left running here must not run beside this attempt. */
async function endEarlier({ execution }: Attempt, { instance, containment }: Surroundings): Promise<void> {
  await containment?.cgroups.endEarlier(String(execution));
  await endEarlierAttempts(instance, execution);
}

const isGivenUp = (stop: AbortSignal): boolean => stop.aborted && stop.reason === RELINQUISHED;

/** All that comes before the start; what is wrong with the action is told as an end of it. */
async function prepare(preparation: Preparation<Attempt>, logs: StreamLogs): Promise<Prepared> {
  const { attempt, surroundings, stop } = preparation;
  try {
    if (attempt.problem !== null) throw new NotRunnable(attempt.problem);
    const runtime = runtimeOf(attempt);
    await requireVersion(runtime, attempt.runtimeVersionConstraint);
    const plan = await runtime.plan(preparation);
    const token = await executionToken(attempt, surroundings); // now: what was built before did not use up its life
    const redactor = redactorOf(token === null ? attempt.secrets : [...attempt.secrets, token]);
    if (plan.kind === 'builtin') {
      return { redactor, start: () => runBuiltIn(plan, attempt.limit.seconds * 1_000, stop, redactor) };
    }
    const program = await programOf(plan, preparation, token);
    const filters = { stdout: redactor.stream(), stderr: redactor.stream() };
    return { redactor, start: () => runProcess({ ...program, keep: logs.keep, filters }) };
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    const { message } = error;
    return { redactor: redactorOf(attempt.secrets), start: () => Promise.resolve(notStarted(hostNow(), message)) };
  }
}

const PARAMETER_FILES = { json: 'parameters.json', dotenv: 'parameters.env', yaml: 'parameters.yaml' } as const;

async function programOf(
  plan: ProgramPlan,
  { attempt, surroundings, scratch, stop }: Preparation<Attempt>,
  token: string | null,
): Promise<Program> {
  const text = plan.input === 'parameters' ? formatParameters(attempt.parameters, attempt.parameterFormat) : null;
  const file = attempt.delivery === 'file' && text !== null;
  const path = file ? await scratch.write(PARAMETER_FILES[attempt.parameterFormat], text) : null;
  await mkdir(artifactsOf(surroundings, attempt), { recursive: true });
  return {
    command: plan.command,
    args: plan.args,
    env: processEnvironment(attempt, surroundings, process.env, plan.variables, { parameterFile: path, token }),
    cwd: await workingDirectory(attempt, surroundings),
    input: file ? null : text,
    limitMs: attempt.limit.seconds * 1_000,
    killGraceMs: surroundings.killGraceMs,
    logLimitBytes: surroundings.logLimitBytes,
    stop,
    marker: markerOf(surroundings, attempt),
    enclosure: surroundings.containment && { ...surroundings.containment, ...whoseIs(attempt) },
  };
}

const whoseIs = ({ execution, attempt }: Attempt): Whose => ({ owner: String(execution), run: attempt });

async function workingDirectory({ packDirectory }: Attempt, { directory }: Surroundings): Promise<string> {
  if (packDirectory === null) return directory;
  const exists = await stat(packDirectory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return exists ? packDirectory : directory;
}
