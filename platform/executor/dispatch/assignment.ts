import { withErrorSubject } from '../../base/error-subject';
import { notifyWorker } from '../../store/database/notify';
import { readClock, withUtcOffset, type Transaction } from '../../store/database/connection';
import { transition } from '../../store/lifecycle/lifecycle';
import { workerStates, type WorkerState } from '../../store/workers/workers';
import { AffinityError, readAffinity, readTolerations } from '../../core/worker/placement';
import { isImmediate, runImmediate } from './immediate-actions';
import { placeExecution, type Placement, type PlacementDemand } from './placement';
import type { RequestedExecution } from './requested-executions';

/** Assigns actions to workers. The workers are read once, when the first action is assigned. */
export class Assignment {
  private candidates: readonly WorkerState[] | undefined;
  /** Placements since the workers were read. */
  private readonly loads = new Map<number, number>();

  constructor(
    private readonly transaction: Transaction,
    private readonly staleMs: number,
  ) {}

  /**
   * Assigns each execution to a worker, unless it must wait; one that none can run fails.
   * Immediate actions run to their end: returns how many. `isByParent`: as for `transition`, of
   * those.
   */
  async assign(executions: readonly RequestedExecution[], isByParent: boolean): Promise<number> {
    if (executions.length === 0) return 0;
    const byWorker = new Map<number, RequestedExecution[]>();
    for (const execution of executions) {
      const placement = await withErrorSubject({ execution: execution.id }, () => this.place(execution));
      if (execution.action === null)
        await failUnschedulable(this.transaction, execution, 'Its action no longer exists');
      else if (placement.kind === 'unschedulable')
        await failUnschedulable(this.transaction, execution, placement.reason);
      else if (placement.kind === 'worker') {
        byWorker.set(placement.worker, [...(byWorker.get(placement.worker) ?? []), execution]);
        await this.recordPlacement(execution, placement.worker);
      }
    }
    let ended = 0;
    for (const [worker, placed] of byWorker) ended += await this.schedule(worker, placed, isByParent);
    return ended;
  }

  /** The worker for an action of pack core without demands; null: none accepts work. */
  async findNativeWorker(): Promise<number | null> {
    const placement = placeExecution(await this.workers(), NATIVE, this.loads);
    return placement.kind === 'worker' ? placement.worker : null;
  }

  private async schedule(
    worker: number,
    executions: readonly RequestedExecution[],
    isByParent: boolean,
  ): Promise<number> {
    const ids = executions.map(({ id }) => id);
    await transition(this.transaction, ids, 'scheduled', { columns: { worker } });
    const ended = await runImmediate(this.transaction, executions.filter(isImmediate), isByParent);
    if (ended.size < ids.length) await notifyWorker(this.transaction, { worker });
    return ended.size;
  }

  private async workers(): Promise<readonly WorkerState[]> {
    this.candidates ??= await workerStates(this.transaction, this.staleMs);
    return this.candidates;
  }

  /** An affinity from a pack's file, a template or plain SQL is validated only here. */
  private async place(execution: RequestedExecution): Promise<Placement> {
    if (execution.addressed_to !== null) return { kind: 'worker', worker: execution.addressed_to };
    try {
      return placeExecution(await this.workers(), demandOf(execution), this.loads);
    } catch (error) {
      if (error instanceof AffinityError) return { kind: 'unschedulable', reason: error.message };
      throw error;
    }
  }

  private async recordPlacement(execution: RequestedExecution, worker: number): Promise<void> {
    if (!isImmediate(execution)) this.loads.set(worker, (this.loads.get(worker) ?? 0) + 1);
    if (!execution.runs_alone) return;
    this.candidates = (await this.workers()).map((each) => (each.id === worker ? { ...each, isReserved: true } : each));
  }
}

type Demanding = Pick<
  RequestedExecution,
  | 'selector'
  | 'action_selector'
  | 'tolerations'
  | 'affinity'
  | 'runtime_ref'
  | 'runtime_version_constraint'
  | 'required'
>;

const NATIVE: PlacementDemand = {
  runtime: 'native',
  versionConstraint: null,
  required: {},
  selector: {},
  tolerations: [],
  affinity: readAffinity(null),
};

/** Throws AffinityError. */
export const demandOf = (execution: Demanding): PlacementDemand => ({
  runtime: execution.runtime_ref?.split('.').at(-1) ?? null,
  versionConstraint: execution.runtime_version_constraint,
  required: execution.required ?? {},
  selector: execution.selector ?? execution.action_selector ?? {},
  tolerations: readTolerations(execution.tolerations),
  affinity: readAffinity(execution.affinity),
});

async function failUnschedulable(
  transaction: Transaction,
  execution: RequestedExecution,
  reason: string,
): Promise<void> {
  const result = {
    error: 'Execution is unschedulable',
    message: reason,
    action_ref: execution.action_ref,
    failed_by: 'execution_scheduler',
    failed_at: withUtcOffset(await readClock(transaction)),
  };
  await transition(transaction, execution.id, 'failed', { result });
}
