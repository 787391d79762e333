import type { Execute, Execution } from '../../../contract/executions';
import { isObject, type JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import type { Client } from '../../client/client';
import type { NotifierAddress } from '../../client/notifier-socket';
import type { ReleaseFunction } from '../../scenario/cleanup';
import { executionToEnd } from '../../scenario/conditions/execution-conditions';
import type { Ledger } from '../../scenario/ledger';
import { until, type Condition } from '../../scenario/polling';
import { createWorkflow, type Task, type WorkflowParts } from '../../scenario/resources/workflow-task';
import { WaitError } from '../../errors';
import { firstLine } from '../../line-of-text';
import { SlowError, UnprovenError } from './unproven-error';

/** The target as the probes see it. */
export interface ProbeTarget {
  readonly client: Client;
  readonly baseUrl: string;
  /** Name of the run, part of the names that the probes create. */
  readonly runName: string;
  /** Directory for temporary files, readable by the target's processes. */
  readonly directory: string;
  /** Number of processes in the rendezvous. */
  readonly slotCount: number;
  /** Number of probes that run at the same time. */
  readonly width: number;
  /** Database URL of the schema's owner; null: the harness has no access. */
  readonly databaseUrl: string | null;
  /** Address of this host for servers of the harness. */
  readonly mockHost: string;
  /** Largest delay between enabling a rule and its timer taking effect, ms. */
  readonly timerPickupMs: number;
  readonly notifier: NotifierAddress;
  /** Fixture packs contain their packages. */
  readonly vendored: boolean;
}

/** Refs of the packs that every probe uses. */
export interface ProbePacks {
  /** Without files: the probes create their objects in it. */
  readonly pack: string;
  /** The run's copy of `packs/e2e`. */
  readonly actions: string;
}

export interface ProbeContext extends ProbeTarget, ProbePacks {
  readonly ledger: Ledger;
  /** Epoch ms by the target's clock minus epoch ms by the host's. */
  readonly clockOffsetMs: number;
  /**
   * Monotonic ms: the end of a wait that takes at most `ms` on an idle target; 8 s by default. It
   * is later where the target is slow to run or to respond.
   */
  deadline(ms?: number): number;
  /** Executions that were not observed to end: they are cancelled after the probes. */
  readonly running: Set<number>;
  /** Runs the release after the probes, last in, first out. */
  defer(release: ReleaseFunction): void;
  /** What several probes use: made by the first of them. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>;
}

/**
 * Tests one capability. Resolves if it works; throws UnprovenError, WaitError or ApiError if it
 * does not.
 */
export type Probe = (context: ProbeContext) => Promise<void>;

/** Throws UnprovenError with the reason unless the condition holds. */
export function requireThat(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new UnprovenError(reason);
}

/** Parameters that make a fixture process write to the ledger under the key. */
export const ledgerInput = ({ ledger }: ProbeContext, key: string): { key: string; ledger: string } => ({
  key,
  ledger: ledger.path,
});

/** Executes an action or workflow; it is cancelled after the probes if it still runs then. */
export async function startExecution(
  { client, running }: ProbeContext,
  action_ref: string,
  parameters: JsonObject,
  options: Omit<Execute, 'action_ref' | 'parameters'> = {},
): Promise<Execution> {
  const execution = await client.executions.execute({ action_ref, parameters, ...options });
  running.add(execution.id);
  return execution;
}

/** Waits for the end of an execution, in whatever status. Throws WaitError. */
export async function endOf(
  { client, running, deadline }: ProbeContext,
  id: number,
  waitUntil: number = deadline(),
): Promise<Execution> {
  const execution = await until(executionToEnd(client, id), waitUntil);
  running.delete(id);
  return execution;
}

/** Executes an action of `packs/e2e` and waits for its end, in whatever status. */
export async function runAction(context: ProbeContext, action: string, parameters: JsonObject): Promise<Execution> {
  const { id } = await startExecution(context, `${context.actions}.${action}`, parameters);
  return endOf(context, id);
}

/** Creates a workflow in the probes' pack and executes it. Returns the execution's id. */
export async function startProbeWorkflow(
  context: ProbeContext,
  name: string,
  tasks: Task[],
  parts: WorkflowParts = {},
): Promise<number> {
  // else a process without a limit would outlive the cancellation
  const cancellation_policy = 'cancel_running';
  const { ref } = await createWorkflow(context.client, context.pack, tasks, { cancellation_policy, ...parts, name });
  return (await startExecution(context, ref, {})).id;
}

/** A task whose process writes to the ledger under the task's name. */
export const probeTask = (
  context: ProbeContext,
  name: string,
  action: string,
  input: JsonObject = {},
  options: Partial<Task> = {},
): Task => ({
  name,
  action: `${context.actions}.${action}`,
  input: { ...ledgerInput(context, name), ...input },
  ...options,
});

/** Waits for the end of an execution. Throws UnprovenError unless it completes. */
export async function completedExecution(context: ProbeContext, id: number, deadline?: number): Promise<Execution> {
  const execution = await endOf(context, id, deadline);
  if (execution.status !== 'completed') throw new UnprovenError(await describeFailure(context, execution));
  return execution;
}

/** With the child of a workflow that caused its failure. */
async function describeFailure({ client }: ProbeContext, execution: Execution): Promise<string> {
  const children = await client.executions.children(execution.id);
  const cause = children.find(({ status }) => status !== 'completed');
  const reasons = [execution, ...(cause ? [await client.executions.get(cause.id)] : [])];
  return reasons.map(describeEnd).join('; ');
}

/** `execution 12 (core.noop) ended failed with exit code 7: no such file`. */
export function describeEnd({ id, action_ref, status, result }: Execution): string {
  if (!isTerminal(status)) return `execution ${id} (${action_ref}) is ${status}`;
  const { error, exit_code: exitCode } = isObject(result) ? result : {};
  const why = typeof error === 'string' ? `: ${firstLine(error)}` : '';
  const code = typeof exitCode === 'number' ? ` with exit code ${exitCode}` : '';
  return `execution ${id} (${action_ref}) ended ${status}${code}${why}`;
}

/**
 * Waits for something that an execution does. Throws with the status and error of the execution if
 * that does not happen: UnprovenError if it has ended, else SlowError.
 */
export async function untilDoneBy<T>({ client }: ProbeContext, id: number, condition: Condition<T>, deadline: number) {
  try {
    return await until(condition, deadline);
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    const execution = await client.executions.get(id);
    const reason = `${firstLine(error.message)}; ${describeEnd(execution)}`;
    const isDecided = error.code !== 'WAIT_TIMED_OUT' || isTerminal(execution.status);
    throw isDecided ? new UnprovenError(reason, { cause: error }) : new SlowError(reason, { cause: error });
  }
}
