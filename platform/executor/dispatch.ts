import { sql } from 'kysely';
import type { Json } from '../../contract/json';
import { initial } from '../core/workflow/step';
import { ringAdvance, ringDispatch, tellWorker, type DispatchJob } from '../queue/ring';
import { now, SHARED_TENANT, type Database, type Transaction } from '../store/database';
import { append } from '../store/log';
import { isFrozen } from '../store/tenants';
import { workerStates, type WorkerState } from '../store/workers';
import { AffinityError, readAffinity, readTolerations } from './affinity';
import { ASK, openAsk } from './ask';
import { place, type Placement } from './placement';

/** Executions dispatched in one transaction; more ring again. */
const BATCH = 200;

interface Requested {
  readonly id: number;
  readonly root: number;
  readonly parent: number | null;
  readonly workflow_execution: number | null;
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
  /** It asks, and no worker ever sees it. */
  readonly asks: boolean;
}

/**
 * Hands every requested execution of a tenant on: workflows begin, questions are asked, the rest is assigned to workers.
 * Those of a frozen tenant wait for its thaw.
 */
export const dispatch = (db: Database, staleMs: number) => (job: DispatchJob) =>
  db.inTenant(job.tenant, async (transaction) => {
    if (await isFrozen(transaction)) return;
    const requested = await lockRequested(transaction);
    if (requested.length === 0) return;
    const workflows = requested.filter((execution) => execution.workflow_def !== null);
    const plain = requested.filter((execution) => execution.workflow_def === null && !execution.asks);
    for (const workflow of workflows) await beginWorkflow(transaction, job.tenant, workflow);
    for (const { id } of requested.filter(({ asks }) => asks)) await openAsk(transaction, job.tenant, id);
    if (plain.length > 0) await assign(transaction, job.tenant, plain, await workerStates(transaction, staleMs));
    if (requested.length === BATCH) await ringDispatch(transaction, job.tenant);
  });

/** The sum keeps the planner from walking all executions in order of id: those requested have an index of their own. */
async function lockRequested(transaction: Transaction): Promise<Requested[]> {
  const { rows } = await sql<Requested>`
    select e.id, e.root, e.parent, e.workflow_execution, e.action, e.action_ref, e.worker_selector as selector,
      a.worker_selector as action_selector,
      coalesce(nullif(e.worker_tolerations::jsonb, 'null'), a.worker_tolerations::jsonb) as tolerations,
      coalesce(nullif(e.worker_affinity::jsonb, 'null'), a.worker_affinity::jsonb) as affinity,
      a.runtime_ref, a.runtime_version_constraint, a.required_worker_runtimes as required, a.workflow_def, w.definition,
      coalesce(a.ref = ${ASK} and a.tenant = ${SHARED_TENANT}, false) as asks
    from execution e left join action a on a.id = e.action left join workflow_definition w on w.id = a.workflow_def
    where e.status = 'requested' and e.released and (e.due_at is null or e.due_at <= ${now})
    order by e.id + 0 limit ${BATCH} for update of e skip locked`.execute(transaction);
  return rows;
}

/** A workflow runs without a worker: its engine is rung for. */
async function beginWorkflow(transaction: Transaction, tenant: number, workflow: Requested): Promise<void> {
  await sql`update execution set status = 'running', started_at = ${now}, updated = ${now}
    where id = ${workflow.id}`.execute(transaction);
  await transaction
    .insertInto('workflow_execution')
    .values({
      execution: workflow.id,
      workflow_def: workflow.workflow_def,
      task_graph: JSON.stringify(workflow.definition),
      state: JSON.stringify(initial()),
    })
    .onConflict((conflict) => conflict.column('execution').doNothing())
    .execute();
  await append(transaction, [{ root: workflow.root, execution: workflow.id, type: 'EXECUTION_STARTED' }]);
  await ringAdvance(transaction, tenant, workflow.id);
}

async function assign(
  transaction: Transaction,
  tenant: number,
  executions: readonly Requested[],
  workers: readonly WorkerState[],
): Promise<void> {
  const placed = new Map<number, number[]>();
  const loads = new Map<number, number>();
  for (const execution of executions) {
    const placement = placementOf(workers, execution, loads);
    if (execution.action === null) await refuse(transaction, tenant, execution, 'Its action no longer exists');
    else if (placement.kind === 'never') await refuse(transaction, tenant, execution, placement.why);
    else if (placement.kind === 'worker') {
      placed.set(placement.worker, [...(placed.get(placement.worker) ?? []), execution.id]);
      loads.set(placement.worker, (loads.get(placement.worker) ?? 0) + 1);
    }
  }
  for (const [worker, ids] of placed) {
    await sql`update execution set status = 'scheduled', worker = ${worker}, updated = ${now}
      where id = any(${ids}::bigint[])`.execute(transaction);
    await tellWorker(transaction, { worker });
  }
}

/** An affinity that a pack's file, a template or plain SQL brought is read only now. */
function placementOf(
  workers: readonly WorkerState[],
  execution: Requested,
  loads: ReadonlyMap<number, number>,
): Placement {
  try {
    return place(workers, demandOf(execution), loads);
  } catch (error) {
    if (error instanceof AffinityError) return { kind: 'never', why: error.message };
    throw error;
  }
}

const demandOf = (execution: Requested) => ({
  runtime: execution.runtime_ref?.split('.').at(-1) ?? null,
  versionConstraint: execution.runtime_version_constraint,
  required: execution.required ?? {},
  selector: execution.selector ?? execution.action_selector ?? {},
  tolerations: readTolerations(execution.tolerations),
  affinity: readAffinity(execution.affinity),
});

async function refuse(transaction: Transaction, tenant: number, execution: Requested, why: string): Promise<void> {
  await sql`update execution set status = 'failed', finished_at = ${now}, updated = ${now},
      result = json_build_object('error', 'Execution is unschedulable', 'message', ${why}::text,
        'action_ref', action_ref, 'failed_by', 'execution_scheduler', 'failed_at', ${now})
    where id = ${execution.id}`.execute(transaction);
  const { root, id, parent } = execution;
  await append(transaction, [{ root, execution: id, type: 'EXECUTION_FAILED', payload: { message: why } }]);
  if (execution.workflow_execution !== null && parent !== null) await ringAdvance(transaction, tenant, parent);
}
