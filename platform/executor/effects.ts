import { undeclaredSecretPaths, undeclaredSecretsError } from '../core/secrets/schema-taint';
import type { Effect, Signal, StartChild } from '../core/workflow/types';
import { notifyDispatch, notifyWorker } from '../store/database/notify';
import { ChildActions } from './child-actions';
import { ChildPermissions } from './child-permissions';
import { cancelIdleDescendants, PARENT_CANCELLED } from '../store/executions/cancel-tree';
import { ActionCache, insertChildren, insertUndispatched } from '../store/executions/children';
import { servesExtensions, type Transaction } from '../store/database/connection';
import { requestWorkflowCancel, type ActionToExecute } from '../store/executions/executions';
import { cancelSuspended, isSuspended } from '../store/inquiries/end-inquiry';
import { appendLog } from '../store/lifecycle/execution-log';
import { transition } from '../store/lifecycle/lifecycle';
import type { TransitionEntry } from '../store/lifecycle/transition-sql';
import { endWorkflowRun } from '../store/executions/end-workflow';
import { loadItemResults } from '../store/executions/item-results';
import {
  cancelUnstartedChildren,
  insertRetry,
  releaseItem,
  lockRunningChildren,
  setWorkflowDeadline,
  takeEndedChildren,
  type WorkflowRun,
} from '../store/executions/workflow-runs';
import { loopErrorAt } from './limits/loop-limit';
import { processLoopAlert } from './process-event';

/** Performs the engine's effects, in order, as rows of one transaction. */
export class EffectRunner {
  private readonly actions: ActionCache;
  private readonly allowed: ChildActions;
  private readonly permissions: ChildPermissions;
  private needsDispatch = false;
  private nextDue: number | null = null;

  constructor(
    private readonly transaction: Transaction,
    private readonly tenant: number,
    private readonly run: WorkflowRun,
  ) {
    this.actions = new ActionCache(transaction);
    this.allowed = new ChildActions(transaction, run);
    this.permissions = new ChildPermissions(transaction, run);
  }

  /** Returns the signals that result. */
  async perform(effects: readonly Effect[]): Promise<Signal[]> {
    const signals: Signal[] = [];
    signals.push(...(await this.startAll(effects.filter((effect) => effect.type === 'start-child'))));
    const entries: TransitionEntry[] = [];
    for (const effect of effects) {
      if (effect.type === 'log') entries.push({ type: effect.entry, payload: effect.payload });
      else signals.push(...(await this.performOne(effect, entries)));
    }
    const { root, id: execution } = this.run.execution;
    await appendLog(
      this.transaction,
      entries.map((entry) => ({ root, execution, ...entry })),
    );
    return signals;
  }

  /** Notifies the dispatcher of children that can start, once, after all effects. */
  async sendNotifications(): Promise<void> {
    if (this.needsDispatch) await notifyDispatch(this.transaction, this.tenant);
  }

  /**
   * Ms, from the moment the locks were held, until the earliest planned retry or deadline; null
   * where none is planned.
   */
  get nextDueMs(): number | null {
    return this.nextDue;
  }

  private recordDueIn(ms: number): void {
    if (ms > 0) this.nextDue = Math.min(this.nextDue ?? ms, ms);
  }

  private async performOne(effect: Exclude<Effect, { type: 'log' }>, entries: TransitionEntry[]): Promise<Signal[]> {
    const { transaction, run } = this;
    switch (effect.type) {
      case 'start-child':
        return [];
      case 'retry-child':
        await insertRetry(transaction, run.id, effect);
        this.needsDispatch ||= effect.notBefore <= run.now;
        this.recordDueIn(effect.notBefore - run.now);
        return [];
      case 'set-limit':
        if (!servesExtensions(transaction)) return []; // Attune ignores a workflow's timeout
        await setWorkflowDeadline(transaction, run, effect.seconds);
        this.recordDueIn(effect.seconds * 1_000);
        return [];
      case 'release-item':
        await releaseItem(transaction, run.id, effect.task, effect.index);
        this.needsDispatch = true;
        return [];
      case 'record-undispatched':
        await insertUndispatched(transaction, run, effect);
        return [];
      case 'collect-items':
        return [await loadItemResults(transaction, run.id, effect.task)];
      case 'cancel-children':
        return this.cancelChildren(effect.policy, effect.timedOutAfter ?? run.execution.stopped_after);
      case 'finish':
        await endWorkflowRun(transaction, run, effect, entries.splice(0));
        return [];
    }
  }

  /**
   * Inserts all children at once. A child without an action that it may run, with a secret in a
   * plain parameter or with permission sets beyond its limits is recorded as failed.
   */
  private async startAll(children: readonly StartChild[]): Promise<Signal[]> {
    const resolved = await Promise.all(
      children.map(async (child) => ({ child, action: await this.actions.find(child.action) })),
    );
    const startable: { readonly child: StartChild; readonly action: ActionToExecute }[] = [];
    const signals: Signal[] = [];
    const loopError = await this.findLoop(resolved.find(({ action }) => action !== null)?.action ?? null);
    for (const { child, action } of resolved) {
      const dispatchError = loopError ?? dispatchErrorOf(child, action) ?? (await this.permissionError(child, action));
      if (dispatchError !== null) signals.push(await this.recordUndispatched(child, dispatchError));
      else if (action !== null) startable.push({ child, action });
    }
    await insertChildren(this.transaction, this.run, startable);
    this.needsDispatch ||= startable.some(({ child }) => child.released);
    return signals;
  }

  private async permissionError(child: StartChild, action: ActionToExecute | null): Promise<DispatchError | null> {
    if (action === null) return null;
    const denial = await this.allowed.denialReason(child, action);
    if (denial !== null) return { code: 'ACTION_NOT_ALLOWED', error: denial };
    const error = await this.permissions.denialReason(child, action);
    return error === null ? null : { code: 'PERMISSION_SETS', error };
  }

  /** Why no child may be created, with an alert about the first; null where they may. */
  private async findLoop(action: ActionToExecute | null): Promise<DispatchError | null> {
    const { causation_depth: depth, correlation_id: chain } = this.run.execution;
    const loopError = loopErrorAt(this.transaction, depth + 1);
    if (loopError === null || action === null) return null;
    await processLoopAlert(this.transaction, this.tenant, action, chain);
    return loopError;
  }

  private async recordUndispatched(child: StartChild, dispatchError: DispatchError): Promise<Signal> {
    await insertUndispatched(this.transaction, this.run, { ...child, ...dispatchError });
    const { task, index } = child;
    const result = { succeeded: false, ...dispatchError };
    return { type: 'child-ended', task, index, retry: 0, status: 'failed', result, undispatched: true };
  }

  /**
   * `stoppedAfter`: the workflow's limit, seconds, where it has passed; null where a user
   * cancelled.
   */
  private async cancelChildren(
    policy: 'allow_finish' | 'cancel_running',
    stoppedAfter: number | null,
  ): Promise<Signal[]> {
    const { transaction, tenant, run } = this;
    await cancelIdleDescendants(transaction, run.execution.id, stoppedAfter);
    await cancelUnstartedChildren(transaction, run.execution.id, stoppedAfter);
    const columns = { stopped_after: stoppedAfter };
    for (const child of await lockRunningChildren(transaction, run.execution.id)) {
      if (child.isWorkflow) {
        await transition(transaction, child.id, 'canceling', { columns });
        await requestWorkflowCancel(transaction, tenant, child.id, policy);
      } else if (isSuspended(child)) {
        await cancelSuspended(transaction, child, PARENT_CANCELLED, { stoppedAfter, isByParent: true });
      } else if (policy === 'cancel_running') {
        await transition(transaction, child.id, 'canceling', { columns });
        if (child.worker !== null) await notifyWorker(transaction, { worker: child.worker, cancel: child.id });
      }
    }
    return takeEndedChildren(transaction, run.execution.id);
  }
}

interface DispatchError {
  readonly code: string;
  readonly error: string;
}

/** Why a child cannot be dispatched; null where it can. */
function dispatchErrorOf(child: StartChild, action: ActionToExecute | null): DispatchError | null {
  if (action === null) {
    const error = `Task '${child.task}' names action '${child.action}', which does not exist`;
    return { code: 'ACTION_NOT_FOUND', error };
  }
  const paths = undeclaredSecretPaths(action.paramSchema, child.secrets);
  return paths.length === 0 ? null : undeclaredSecretsError(paths);
}
