import type { Execution } from '../../../contract/executions';
import { parseInstant } from '../../instant';
import { recordedInterval } from '../../scenario/intervals';
import { describeEnd, endOf, ledgerInput, startExecution, type ProbeContext } from './probe-context';

const LATENCY_RUNS = 3;

/** Measured before the probes; ms. */
export interface RunMeasurement {
  /** The worst latency from request to finish, by the target's clock. */
  readonly runMs: number;
  /** The worst latency of a response, by the host's clock. */
  readonly responseMs: number;
  /** Epoch ms by the target's clock minus epoch ms by the host's. */
  readonly clockOffsetMs: number;
}

/**
 * Runs three trivial actions one after the other. Throws if they do not complete: nothing can be
 * measured then.
 */
export async function measureRuns(context: ProbeContext): Promise<RunMeasurement> {
  const first = await measureRun(context, `${context.actions}.echo-params`);
  // a process that cannot write to the ledger fails: then an action without one is measured
  const action = first.execution.status === 'completed' ? first.execution.action_ref : 'core.noop';
  const runs = action === 'core.noop' ? [] : [first];
  while (runs.length < LATENCY_RUNS) runs.push(await measureRun(context, action));
  const failed = runs.find(({ execution }) => execution.status !== 'completed');
  if (failed) throw new Error(`the target runs no trivial action: ${describeEnd(failed.execution)}`);
  const latencies = runs.map(({ execution }) => recordedInterval(execution).finish - parseInstant(execution.created));
  const responseMs = Math.max(...runs.map(({ roundTripMs }) => roundTripMs));
  const [fastest] = [...runs].sort((a, b) => a.roundTripMs - b.roundTripMs);
  return { runMs: Math.max(...latencies), responseMs, clockOffsetMs: fastest!.clockOffsetMs };
}

interface MeasuredRun {
  readonly execution: Execution;
  readonly roundTripMs: number;
  /** The target created the execution at some instant between the request and its response. */
  readonly clockOffsetMs: number;
}

async function measureRun(context: ProbeContext, action: string): Promise<MeasuredRun> {
  const sentAt = Date.now();
  const { id, created } = await startExecution(context, action, ledgerInput(context, 'echo'));
  const roundTripMs = Date.now() - sentAt;
  const execution = await endOf(context, id);
  return { execution, roundTripMs, clockOffsetMs: parseInstant(created) - (sentAt + roundTripMs / 2) };
}
