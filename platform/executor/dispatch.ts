import { sql } from 'kysely';
import type { Json } from '../../contract/json';
import { initialState } from '../core/workflow/step';
import { notifyWorkflow, notifyDispatch, notifyWorker, type DispatchJob } from '../store/database/notify';
import {
  now,
  readClock,
  SHARED_TENANT,
  withUtcOffset,
  type Database,
  type Transaction,
} from '../store/database/connection';
import { findCancelledTrees, PARENT_CANCELLED } from '../store/executions/cancel-tree';
import { transition } from '../store/lifecycle/lifecycle';
import { isTenantFrozen } from '../store/identities/tenants';
import { workerStates, type WorkerState } from '../store/workers/workers';
import { AffinityError, readAffinity, readTolerations } from './affinity';
import { ASK_ACTION_REF, startAskAction } from './ask-action';
import { placeExecution, type Placement } from './placement';

/** Executions of one transaction; a full batch notifies for the next. */
const BATCH = 200;

interface RequestedExecution {
  readonly id: number;
  readonly parent: number | null;
  /** Null: it was deleted. */
  readonly action: number | null;
  readonly action_ref: string;
  readonly selector: Record<string, string> | null;
  readonly action_selector: Record<string, string> | null;
  readonly tolerations: Json;
  readonly affinity: Json;
  readonly runtime_ref: string | null;
  readonly runtime_version_constraint: string | null;
  readonly required: Record<string, string> | null;
  readonly workflow_def: number | null;
  readonly definition: object | null;
  readonly saved_with_sets: string[] | null;
  readonly is_ask: boolean;
  /** It may have crashed two workers: it is the last that its worker gets. */
  readonly runs_alone: boolean;
}

/**
 * Dispatches the requested executions of a tenant: workflows start, `core.ask` creates its
 * inquiry, and actions are assigned to workers. Executions of a frozen tenant wait until it is
 * unfrozen.
 */
export const dispatchRequested = (db: Database, staleMs: number) => (job: DispatchJob) =>
  db.inTenant(job.tenant, async (transaction) => {
    if (await isTenantFrozen(transaction)) return;
    const locked = await lockRequested(transaction);
    if (locked.length === 0) return;
    const requested = await cancelBelowCancelled(transaction, locked);
    const workflows = requested.filter((execution) => execution.workflow_def !== null);
    const actions = requested.filter((execution) => execution.workflow_def === null && !execution.is_ask);
    for (const workflow of workflows) await startWorkflow(transaction, job.tenant, workflow);
    for (const { id } of requested.filter(({ is_ask }) => is_ask)) await startAskAction(transaction, id);
    if (actions.length > 0) await assignToWorkers(transaction, actions, await workerStates(transaction, staleMs));
    if (locked.length === BATCH) await notifyDispatch(transaction, job.tenant);
  });

/**
 * `e.id + 0` keeps the planner from scanning the primary key: requested executions have their own
 * index.
 */
async function lockRequested(transaction: Transaction): Promise<RequestedExecution[]> {
  const { rows } = await sql<RequestedExecution>`
    select e.id, e.parent, a.id as action, e.action_ref, e.worker_selector as selector,
      a.worker_selector as action_selector,
      coalesce(nullif(e.worker_tolerations::jsonb, 'null'), a.worker_tolerations::jsonb) as tolerations,
      coalesce(nullif(e.worker_affinity::jsonb, 'null'), a.worker_affinity::jsonb) as affinity,
      a.runtime_ref, a.runtime_version_constraint, a.required_worker_runtimes as required, a.workflow_def, w.definition,
      w.saved_with_sets,
      coalesce(a.ref = ${ASK_ACTION_REF} and a.tenant = ${SHARED_TENANT}, false) as is_ask,
      exists (select from worker_crash_suspect s where s.execution = e.id and s.suspicions >= 2) as runs_alone
    from execution e left join action a on a.id = e.action left join workflow_definition w on w.id = a.workflow_def
    where e.status = 'requested' and e.released and (e.due_at is null or e.due_at <= ${now})
    order by e.id + 0 limit ${BATCH} for update of e skip locked`.execute(transaction);
  return rows;
}

/** Cancels what a cancelled execution requested, and returns the others. */
async function cancelBelowCancelled(
  transaction: Transaction,
  requested: readonly RequestedExecution[],
): Promise<RequestedExecution[]> {
  const parents = requested.map(({ parent }) => parent).filter((parent) => parent !== null);
  const cancelled = await findCancelledTrees(transaction, [...new Set(parents)]);
  const isBelowCancelled = ({ parent }: RequestedExecution) => parent !== null && cancelled.has(parent);
  const ids = requested.filter(isBelowCancelled).map(({ id }) => id);
  await transition(transaction, ids, 'cancelled', { result: { error: PARENT_CANCELLED } });
  return requested.filter((execution) => !isBelowCancelled(execution));
}

/** A workflow runs without a worker: a notification starts its first step. */
async function startWorkflow(transaction: Transaction, tenant: number, workflow: RequestedExecution): Promise<void> {
  await transaction
    .insertInto('workflow_execution')
    .values({
      execution: workflow.id,
      workflow_def: workflow.workflow_def,
      task_graph: JSON.stringify(workflow.definition),
      saved_with_sets: workflow.saved_with_sets ?? [],
      state: JSON.stringify(initialState()),
    })
    .onConflict((conflict) => conflict.column('execution').doNothing())
    .execute();
  await transition(transaction, workflow.id, 'running', { columns: { started_at: now } });
  await notifyWorkflow(transaction, tenant, workflow.id);
}

async function assignToWorkers(
  transaction: Transaction,
  executions: readonly RequestedExecution[],
  workers: readonly WorkerState[],
): Promise<void> {
  const idsByWorker = new Map<number, number[]>();
  const loads = new Map<number, number>();
  let candidates = workers;
  for (const execution of executions) {
    const placement = placeRequested(candidates, execution, loads);
    if (execution.action === null) await failUnschedulable(transaction, execution, 'Its action no longer exists');
    else if (placement.kind === 'unschedulable') await failUnschedulable(transaction, execution, placement.reason);
    else if (placement.kind === 'worker') {
      idsByWorker.set(placement.worker, [...(idsByWorker.get(placement.worker) ?? []), execution.id]);
      loads.set(placement.worker, (loads.get(placement.worker) ?? 0) + 1);
      if (execution.runs_alone) candidates = candidates.map((each) => reservedIf(each, placement.worker));
    }
  }
  for (const [worker, ids] of idsByWorker) {
    await transition(transaction, ids, 'scheduled', { columns: { worker } });
    await notifyWorker(transaction, { worker });
  }
}

const reservedIf = (worker: WorkerState, id: number): WorkerState =>
  worker.id === id ? { ...worker, isReserved: true } : worker;

/** An affinity from a pack's file, a template or plain SQL is validated only here. */
function placeRequested(
  workers: readonly WorkerState[],
  execution: RequestedExecution,
  loads: ReadonlyMap<number, number>,
): Placement {
  try {
    return placeExecution(workers, demandOf(execution), loads);
  } catch (error) {
    if (error instanceof AffinityError) return { kind: 'unschedulable', reason: error.message };
    throw error;
  }
}

const demandOf = (execution: RequestedExecution) => ({
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
