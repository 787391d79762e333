import { mkdir, stat } from 'node:fs/promises';
import { hostNow } from '../clock';
import type { Attempt, Outcome } from './attempt';
import { processEnvironment } from './environment';
import { formatParameters } from './formats';
import { notStarted, runProcess, type Ended, type Program } from './process';
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
  const start = await prepare({ attempt, surroundings, scratch, note: hooks.note, stop }, logs);
  if (isGivenUp(stop) || !(await hooks.started(hostNow()))) return null;
  const ended = await start();
  if (ended.leaked.length > 0) await hooks.note('WARNING', { code: 'PROCESS_LEAKED', pids: [...ended.leaked] });
  if (ended.cause === 'cancelled' && isGivenUp(stop)) return null;
  const kept = await logs.end(ended);
  if (kept.problem !== null) await hooks.note('WARNING', { code: 'LOG_NOT_KEPT', problem: kept.problem });
  return outcomeOf(attempt, ended, kept.stderr);
}

const isGivenUp = (stop: AbortSignal): boolean => stop.aborted && stop.reason === RELINQUISHED;

/** All that comes before the start; what is wrong with the action is told as an end of it. */
async function prepare(preparation: Preparation, logs: StreamLogs): Promise<() => Promise<Ended>> {
  const { attempt, stop } = preparation;
  try {
    const runtime = runtimeOf(attempt);
    await requireVersion(runtime, attempt.runtimeVersionConstraint);
    const plan = await runtime.plan(preparation);
    if (plan.kind === 'builtin') return () => runBuiltIn(plan, attempt.limit.seconds * 1_000, stop);
    const program = await programOf(plan, preparation);
    return () => runProcess({ ...program, keep: logs.keep });
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    return () => Promise.resolve(notStarted(hostNow(), error.message));
  }
}

const PARAMETER_FILES = { json: 'parameters.json', dotenv: 'parameters.env', yaml: 'parameters.yaml' } as const;

async function programOf(plan: ProgramPlan, { attempt, surroundings, scratch, stop }: Preparation): Promise<Program> {
  const text = plan.input === 'parameters' ? formatParameters(attempt.parameters, attempt.parameterFormat) : null;
  const file = attempt.delivery === 'file' && text !== null;
  const path = file ? await scratch.write(PARAMETER_FILES[attempt.parameterFormat], text) : null;
  await mkdir(artifactsOf(surroundings, attempt), { recursive: true });
  return {
    command: plan.command,
    args: plan.args,
    env: processEnvironment(attempt, surroundings, process.env, plan.variables, path),
    cwd: await workingDirectory(attempt, surroundings),
    input: file ? null : text,
    limitMs: attempt.limit.seconds * 1_000,
    killGraceMs: surroundings.killGraceMs,
    logLimitBytes: surroundings.logLimitBytes,
    stop,
    marker: markerOf(surroundings, attempt),
  };
}

async function workingDirectory({ packDirectory }: Attempt, { directory }: Surroundings): Promise<string> {
  if (packDirectory === null) return directory;
  const exists = await stat(packDirectory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return exists ? packDirectory : directory;
}
