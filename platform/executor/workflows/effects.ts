import { undeclaredSecretPaths, undeclaredSecretsError } from '../../core/secrets/schema-taint';
import type { Effect, Signal, StartChild } from '../../core/workflow/types';
import { notifyWorker } from '../../store/database/notify';
import { ChildActions } from './child-actions';
import { ChildPermissions } from './child-permissions';
import { cancelIdleDescendants, PARENT_CANCELLED } from '../../store/executions/cancel-tree';
import { ActionCache, insertChildren, insertUndispatched, type ChildToInsert } from '../../store/executions/children';
import { insertEnded, type ImmediateChildren } from '../dispatch/immediate-children';
import { servesExtensions, type Transaction } from '../../store/database/connection';
import { requestWorkflowCancel } from '../../store/executions/cancel-execution';
import type { ActionToExecute } from '../../store/executions/executions';
import { cancelSuspended, isSuspended } from '../../store/inquiries/end-inquiry';
import { appendLog } from '../../store/lifecycle/execution-log';
import { transition } from '../../store/lifecycle/lifecycle';
import type { TransitionEntry } from '../../store/lifecycle/transition-sql';
import { endWorkflowRun } from '../../store/executions/end-workflow';
import { holdChildren, releaseChildren } from '../../store/executions/paused-runs';
import { loadItemResults } from '../../store/executions/item-results';
import { insertRetry, releaseItem } from '../../store/executions/task-attempts';
import {
  cancelUnstartedChildren,
  lockRunningChildren,
  setWorkflowDeadline,
  takeEndedChildren,
  type WorkflowRun,
} from '../../store/executions/workflow-runs';
import { loopErrorAt } from '../events/loop-limit';
import { processLoopAlert } from '../events/process-event';

/** Performs the engine's effects, in order, as rows of one transaction. */
export class EffectRunner {
  private readonly actions: ActionCache;
  private readonly allowed: ChildActions;
  private readonly permissions: ChildPermissions;
  private startable = false;
  private nextDue: number | null = null;

  constructor(
    private readonly transaction: Transaction,
    private readonly tenant: number,
    private readonly run: WorkflowRun,
    /** Null: every child waits for its dispatch. */
    private readonly immediate: ImmediateChildren | null,
  ) {
    this.actions = new ActionCache(transaction, run);
    this.allowed = new ChildActions(transaction, run);
    this.permissions = new ChildPermissions(transaction, run);
  }

  /**
   * Returns the signals that result. The entries of children that end at once follow those of the
   * workflow, in which their starts are.
   */
  async perform(effects: readonly Effect[]): Promise<Signal[]> {
    const { accepted, signals } = await this.resolveAll(effects.filter((effect) => effect.type === 'start-child'));
    const ended = (await this.immediate?.runAll(accepted)) ?? null;
    if (ended === null) await this.insertRequested(accepted);
    const entries: TransitionEntry[] = [];
    for (const effect of effects) {
      if (effect.type === 'log') entries.push({ type: effect.entry, payload: effect.payload });
      else signals.push(...(await this.performOne(effect, entries)));
    }
    const { root, id: execution } = this.run.execution;
    const log = entries.map((entry) => ({ root, execution, ...entry }));
    if (ended === null) await appendLog(this.transaction, log);
    else signals.push(...(await insertEnded(this.transaction, this.run, ended, log)));
    return signals;
  }

  /** Whether children can start that could not at the last call. */
  takeStartable(): boolean {
    const { startable } = this;
    this.startable = false;
    return startable;
  }

  /** When the earliest planned retry or deadline is due, epoch ms; null where none is planned. */
  get nextDueAt(): number | null {
    return this.nextDue;
  }

  private recordStartAt(at: number): void {
    this.startable ||= at <= this.run.now;
    this.recordDueAt(at);
  }

  private recordDueAt(at: number): void {
    if (at > this.run.now) this.nextDue = Math.min(this.nextDue ?? at, at);
  }

  private async performOne(effect: Exclude<Effect, { type: 'log' }>, entries: TransitionEntry[]): Promise<Signal[]> {
    const { transaction, run } = this;
    switch (effect.type) {
      case 'start-child':
        return [];
      case 'retry-child':
        await insertRetry(transaction, run.id, effect);
        if (effect.released) this.recordStartAt(effect.notBefore);
        return [];
      case 'set-limit':
        if (!servesExtensions(transaction)) return []; // Attune ignores a workflow's timeout
        await setWorkflowDeadline(transaction, run, effect.seconds);
        this.recordDueAt(run.now + effect.seconds * 1_000);
        return [];
      case 'release-item':
        await releaseItem(transaction, run.id, effect);
        this.startable = true;
        return [];
      case 'record-undispatched':
        await insertUndispatched(transaction, run, effect);
        return [];
      case 'collect-items':
        return [await loadItemResults(transaction, run.id, effect)];
      case 'hold-children':
        await holdChildren(transaction, run);
        return [];
      case 'release-children':
        for (const at of await releaseChildren(transaction, run, effect.itemsBefore)) this.recordStartAt(at);
        return [];
      case 'cancel-children':
        return this.cancelChildren(effect.policy, effect.timedOutAfter ?? run.execution.stopped_after);
      case 'finish':
        await endWorkflowRun(transaction, run, effect, entries.splice(0));
        return [];
    }
  }

  /**
   * Looks up the actions of children. A child without an action that it may run, with a secret in
   * a plain parameter or with permission sets beyond its limits is recorded as failed.
   */
  private async resolveAll(children: readonly StartChild[]): Promise<{ accepted: ChildToInsert[]; signals: Signal[] }> {
    const resolved = await Promise.all(
      children.map(async (child) => ({ child, action: await this.actions.find(child.action) })),
    );
    const accepted: ChildToInsert[] = [];
    const signals: Signal[] = [];
    const loopError = await this.findLoop(resolved.find(({ action }) => action !== null)?.action ?? null);
    for (const { child, action } of resolved) {
      const dispatchError = loopError ?? dispatchErrorOf(child, action) ?? (await this.permissionError(child, action));
      if (dispatchError !== null) signals.push(await this.recordUndispatched(child, dispatchError));
      else if (action !== null) accepted.push({ child, action });
    }
    return { accepted, signals };
  }

  private async insertRequested(children: readonly ChildToInsert[]): Promise<void> {
    await insertChildren(this.transaction, this.run, children);
    this.startable ||= children.some(({ child }) => child.released);
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
    const { task, index, round } = child;
    const result = { succeeded: false, ...dispatchError };
    return { type: 'child-ended', task, index, round, retry: 0, status: 'failed', result, undispatched: true };
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
