import type { WorkerState } from '../../../contract/workers';

/** A managed worker of a tenant, as its row has it. */
export interface SupervisedState {
  readonly state: WorkerState;
  /** It has claimed executions that have not ended. */
  readonly isInFlight: boolean;
  /** Its process has registered and not exited. */
  readonly isRegistered: boolean;
  /** Its process has found its runtime. */
  readonly hasRuntime: boolean;
  /** Since the state changed. */
  readonly ageMs: number;
  readonly provisionTimeoutMs: number;
}

export type ProcessPresence = 'none' | 'running' | 'stopping';

/**
 * `confirm`: a process that had not stopped yet serves the worker that was resumed. `fail`: none
 * became ready in time, or it lacks the runtime.
 */
export type ProcessStep = 'start' | 'stop' | 'confirm' | 'fail' | 'none';

/** What is to be done with the process of a worker, so that it is as its state requires. */
export function nextProcessStep(worker: SupervisedState, process: ProcessPresence): ProcessStep {
  const { state, ageMs, provisionTimeoutMs } = worker;
  if (state === 'provisioning' && ageMs >= provisionTimeoutMs) return 'fail';
  const isDraining = state === 'paused' && worker.isInFlight;
  if (process === 'running' && !needsProcess(state) && !isDraining) return 'stop';
  if (process === 'none' && needsProcess(state)) return 'start';
  if (process !== 'running' || state !== 'provisioning' || !worker.isRegistered) return 'none';
  return worker.hasRuntime ? 'confirm' : 'fail';
}

/** It waits for its process to register, or for the end of its work: neither changes its state. */
export const awaitsUnnotified = ({ state, isInFlight }: SupervisedState): boolean =>
  state === 'provisioning' || (state === 'paused' && isInFlight);

const needsProcess = (state: WorkerState): boolean =>
  state === 'provisioning' || state === 'online' || state === 'offline';
