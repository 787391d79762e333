import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { withErrorSubject } from '../../base/error-subject';
import { initialState } from '../../core/workflow/step';
import { notifyWorkflow, notifyDispatch, type DispatchJob } from '../../store/database/notify';
import { now, type Database, type Transaction } from '../../store/database/connection';
import { findCancelledTrees, PARENT_CANCELLED } from '../../store/executions/cancel-tree';
import { transition } from '../../store/lifecycle/lifecycle';
import { isTenantFrozen } from '../../store/identities/tenants';
import { startAskAction } from './ask-action';
import { Assignment } from './assignment';
import {
  BATCH,
  lockRequested,
  onlyRequested,
  requestedChildrenOf,
  requestedExcept,
  type RequestedExecution,
  type RequestedFilter,
} from './requested-executions';

/**
 * Dispatches the requested executions of a tenant, without some, a batch at most. A notification
 * does the first step of each workflow.
 */
export const dispatchRequested =
  (db: Database, staleMs: number) =>
  ({ tenant }: DispatchJob, except: readonly number[] = []): Promise<void> =>
    db.inTenant(tenant, async (transaction) => {
      const started = await new Dispatcher(transaction, tenant, staleMs).dispatchAll(except);
      await notifyWorkflows(transaction, tenant, started);
    });

/**
 * Dispatches requested executions in one transaction: workflows start, `core.ask` creates its
 * inquiry, immediate actions run to their end, and other actions are assigned to workers.
 * Executions of a frozen tenant wait until it is unfrozen.
 */
export class Dispatcher {
  private isFrozen: boolean | undefined;
  private readonly assignment: Assignment;

  constructor(
    private readonly transaction: Transaction,
    private readonly tenant: number,
    staleMs: number,
  ) {
    this.assignment = new Assignment(transaction, staleMs);
  }

  /**
   * All but some executions. Returns the workflows that have started. A full batch notifies for
   * the next.
   */
  async dispatchAll(except: readonly number[]): Promise<number[]> {
    return (await this.dispatch(requestedExcept(except), false)).started;
  }

  /** One execution, in the transaction that requested it. */
  async dispatchOne(execution: number): Promise<void> {
    const { started } = await this.dispatch(onlyRequested(execution), false);
    await notifyWorkflows(this.transaction, this.tenant, started);
  }

  /**
   * The children of one workflow, in the transaction that created them: returns how many have
   * ended. They cannot be seen before its commit: a cancel of the tree waits for the lock of the
   * workflow.
   */
  async dispatchChildren(execution: number): Promise<number> {
    const { started, ended } = await this.dispatch(requestedChildrenOf(execution), true);
    await notifyWorkflows(this.transaction, this.tenant, started);
    return ended;
  }

  /**
   * The worker for an action of pack core without demands; null: none accepts work, or the tenant
   * is frozen.
   */
  async findNativeWorker(): Promise<number | null> {
    return (await this.isTenantFrozen()) ? null : this.assignment.findNativeWorker();
  }

  private async isTenantFrozen(): Promise<boolean> {
    this.isFrozen ??= await isTenantFrozen(this.transaction);
    return this.isFrozen;
  }

  private async dispatch(filter: RequestedFilter, isByParent: boolean): Promise<Dispatched> {
    const { transaction, tenant } = this;
    const locked = await lockRequested(transaction, filter);
    if (locked.length === 0) return { started: [], ended: 0 };
    this.isFrozen = false;
    const requested = await cancelBelowCancelled(transaction, locked);
    const workflows = requested.filter((execution) => execution.workflow_def !== null);
    const actions = requested.filter((execution) => execution.workflow_def === null && !execution.is_ask);
    for (const workflow of workflows)
      await withErrorSubject({ execution: workflow.id }, () => startWorkflow(transaction, workflow));
    for (const { id } of requested.filter(({ is_ask }) => is_ask))
      await withErrorSubject({ execution: id }, () => startAskAction(transaction, id));
    const ended = await this.assignment.assign(actions, isByParent);
    if (locked.length === BATCH) await notifyDispatch(transaction, tenant);
    return { started: workflows.map(({ id }) => id), ended };
  }
}

interface Dispatched {
  /** Workflows, whose first step is not done. */
  readonly started: number[];
  /** Number of actions that have ended. */
  readonly ended: number;
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

/** The first step of each of these workflows follows its notification. */
async function notifyWorkflows(transaction: Transaction, tenant: number, workflows: readonly number[]): Promise<void> {
  for (const workflow of workflows) await notifyWorkflow(transaction, tenant, workflow);
}

/** A workflow runs without a worker. */
async function startWorkflow(transaction: Transaction, workflow: RequestedExecution): Promise<void> {
  await transaction
    .insertInto('workflow_execution')
    .values({
      execution: workflow.id,
      workflow_def: workflow.workflow_def,
      revision: workflow.revision,
      task_graph: writeJson(withVariables(workflow)),
      saved_with_sets: workflow.saved_with_sets ?? [],
      saved_by: workflow.saved_by,
      state: writeJson(initialState()),
    })
    .onConflict((conflict) => conflict.column('execution').doNothing())
    .execute();
  await transition(transaction, workflow.id, 'running', { columns: { started_at: now } });
}

/** The definition with the values of variables that the request gave. */
const withVariables = ({ definition, variables }: RequestedExecution) =>
  variables === null ? definition : { ...definition, vars: { ...(definition?.vars as JsonObject), ...variables } };
