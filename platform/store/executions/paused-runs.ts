import { sql } from 'kysely';
import type { Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import { epochMs, now, type Transaction } from '../database/connection';
import { notifyWorkflow } from '../database/notify';
import { transition } from '../lifecycle/lifecycle';
import type { WorkflowRun } from './workflow-runs';

/** A workflow's execution, locked. */
interface LockedWorkflow {
  readonly id: number;
  readonly tenant: number;
  readonly status: Status;
}

/** Records that a run is to pause, and notifies its engine. */
export async function requestPause(transaction: Transaction, { id, tenant }: LockedWorkflow): Promise<void> {
  await setPauseRequested(transaction, id, true);
  await notifyWorkflow(transaction, tenant, id);
}

/** Ends the pause of a run, or the request of one, and notifies its engine, which goes on. */
export async function resumeRun(transaction: Transaction, { id, tenant, status }: LockedWorkflow): Promise<void> {
  await setPauseRequested(transaction, id, false);
  if (status === 'paused') await transition(transaction, id, 'running', { isResume: true });
  await notifyWorkflow(transaction, tenant, id);
}

const setPauseRequested = (transaction: Transaction, execution: number, pause_requested: boolean): Promise<unknown> =>
  transaction
    .updateTable('workflow_execution')
    .set({ pause_requested, updated: now })
    .where('execution', '=', execution)
    .execute();

export async function hasStepsInFlight(transaction: Transaction, run: WorkflowRun): Promise<boolean> {
  const { rows } = await sql<{ inFlight: boolean }>`select has_steps_in_flight(${run.id}) as "inFlight"`.execute(
    transaction,
  );
  return rows[0]!.inFlight;
}

/** The pause takes hold; `saveWorkflowRun` releases the lease. */
export async function pauseRun(transaction: Transaction, run: WorkflowRun): Promise<void> {
  await transition(transaction, run.execution.id, 'paused');
  run.isPaused = true;
}

/**
 * Whether a paused run is to be stopped, by a cancel above it or by its own limit, which goes on
 * during a pause. Anything else that happened to it is processed at its resume.
 */
export async function endPauseToStop(transaction: Transaction, run: WorkflowRun): Promise<boolean> {
  if (run.cancelRequested) return true;
  if (run.timedOutAt === null) return false;
  await transition(transaction, run.execution.id, 'running', { isResume: true });
  return true;
}

/** What has not been dispatched waits, and the sub-workflows that run are paused. */
export async function holdChildren(transaction: Transaction, run: WorkflowRun): Promise<void> {
  await sql`update execution set released = false, updated = ${now}
    where workflow_execution = ${run.id} and status = 'requested' and released and attempt = 0`.execute(transaction);
  for (const child of await lockSubWorkflows(transaction, run, false)) await requestPause(transaction, child);
}

/**
 * The reverse of `holdChildren`. `itemsBefore`: as of the effect `release-children`. Returns when
 * the released children may start, epoch ms.
 */
export async function releaseChildren(
  transaction: Transaction,
  run: WorkflowRun,
  itemsBefore: Readonly<Record<string, number>>,
): Promise<number[]> {
  const { rows } = await sql<{ at: number }>`
    update execution set released = true, updated = ${now}
    where workflow_execution = ${run.id} and status = 'requested' and not released
      and (task_index is null or retry_count > 0
        or task_index < (${writeJson(itemsBefore)}::json ->> task_name)::int)
    returning coalesce(${epochMs(sql`due_at`)}, 0) as at`.execute(transaction);
  for (const child of await lockSubWorkflows(transaction, run, true)) await resumeRun(transaction, child);
  return rows.map(({ at }) => at);
}

/** The sub-workflows that have started and not ended, in order of id, locked. */
async function lockSubWorkflows(
  transaction: Transaction,
  run: WorkflowRun,
  pauseRequested: boolean,
): Promise<LockedWorkflow[]> {
  const rows = await transaction
    .selectFrom('execution as e')
    .innerJoin('workflow_execution as r', 'r.execution', 'e.id')
    .select(['e.id', 'e.tenant', 'e.status'])
    .where('e.workflow_execution', '=', run.id)
    .where('e.status', 'in', ['running', 'paused'])
    .where('r.pause_requested', '=', pauseRequested)
    .orderBy('e.id')
    .forUpdate('e')
    .execute();
  return rows;
}
