import type { Effect, Signal, StartChild } from '../../core/workflow/types';
import { memberTaint, taintFromMembers, type Taint } from '../../core/secrets/taint';
import { notifyWorker } from '../../store/database/notify';
import { ChildActions } from '../requests/child-actions';
import { ChildPermissions } from '../requests/child-permissions';
import { cancelIdleDescendants, PARENT_CANCELLED } from '../../store/executions/cancel-tree';
import {
  ActionCache,
  insertChildren,
  insertUndispatched,
  releaseItem,
  type ChildToInsert,
} from '../../store/executions/children';
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
import { insertRetry, requestedBy, type Origin } from '../../store/executions/new-execution';
import {
  lockRunningChildren,
  setWorkflowDeadline,
  takeEndedChildren,
  type WorkflowRun,
} from '../../store/executions/workflow-runs';
import { processLoopAlert } from '../events/process-event';
import { checkSource, rejectRequest, type Rejection } from '../requests/request-execution';

/** Performs the engine's effects, in order, as rows of one transaction. */
export class EffectRunner {
  private readonly actions: ActionCache;
  private readonly allowed: ChildActions;
  private readonly permissions: ChildPermissions;
  private readonly origin: Origin;
  private hasAlert = false;
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
    this.origin = requestedBy(run.execution);
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
   * a plain parameter, with permission sets beyond its limits or too deep in its chain of causes
   * is recorded as failed.
   */
  private async resolveAll(children: readonly StartChild[]): Promise<{ accepted: ChildToInsert[]; signals: Signal[] }> {
    const resolved = await Promise.all(
      children.map(async (child) => ({ child, action: await this.actions.find(child.action) })),
    );
    const accepted: ChildToInsert[] = [];
    const signals: Signal[] = [];
    for (const { child, action } of resolved) {
      const rejection = action === null ? actionNotFound(child) : await this.checkChild(child, action);
      if (rejection !== null) signals.push(await this.recordUndispatched(child, rejection));
      else if (action !== null) accepted.push({ child, action });
    }
    return { accepted, signals };
  }

  private async insertRequested(children: readonly ChildToInsert[]): Promise<void> {
    await insertChildren(this.transaction, this.run, children);
    this.startable ||= children.some(({ child }) => child.released);
  }

  /** Why a child may not be created; null where it may. One of several has an alert. */
  private async checkChild(child: StartChild, action: ActionToExecute): Promise<Rejection | null> {
    const { transaction, tenant, allowed: actions, permissions, origin } = this;
    const denial = await checkSource(transaction, { type: 'task', child, actions, permissions }, action);
    if (denial !== null) return denial;
    const { executor } = this.run.execution;
    const request = { tenant, action, executor, origin, secrets: secretsGiven(child, this.run) };
    const rejected = await rejectRequest(transaction, 'task', request, async (...alert) => {
      if (!this.hasAlert) await processLoopAlert(...alert);
      this.hasAlert = true;
    });
    return rejected && { code: rejected.code, error: rejected.error };
  }

  private async recordUndispatched(child: StartChild, rejection: Rejection): Promise<Signal> {
    await insertUndispatched(this.transaction, this.run, { ...child, ...rejection });
    const { task, index, round } = child;
    const result = { succeeded: false, ...rejection };
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
    return takeEndedChildren(transaction, run);
  }
}

/** Without an input, the child gets the stored parameters of its workflow, without defaults. */
function secretsGiven({ input, secrets }: StartChild, { parameters }: WorkflowRun): Taint {
  if (input !== null) return secrets;
  const given = Object.keys(parameters).filter((name) => parameters[name] !== null);
  return taintFromMembers(given.map((name) => [name, memberTaint(secrets, name)]));
}

const actionNotFound = ({ task, action }: StartChild): Rejection => ({
  code: 'ACTION_NOT_FOUND',
  error: `Task '${task}' names action '${action}', which does not exist`,
});
