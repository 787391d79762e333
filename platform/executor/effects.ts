import type { LogType } from '../../contract/executions';
import type { JsonObject } from '../../contract/json';
import { undeclaredPaths, undeclaredSecrets } from '../core/workflow/secrets';
import type { Effect, Signal, StartChild } from '../core/workflow/types';
import { ringAdvance, ringDispatch, tellWorker } from '../queue/ring';
import { Actions, insertChildren, insertUndispatched } from '../store/children';
import type { Transaction } from '../store/database';
import { requestWorkflowCancel, type ActionToExecute } from '../store/executions';
import { cancelAsking, isWaiting } from '../store/inquiry-ends';
import { append, type NewEntry } from '../store/log';
import { stoppedResult } from '../store/stopped';
import {
  cancelWaiting,
  collectItems,
  endRun,
  insertRetry,
  markCanceling,
  PARENT_CANCELLED,
  releaseItem,
  runningChildren,
  setLimit,
  takeEnded,
  type Run,
} from '../store/workflow-runs';

const ENDED: Record<'completed' | 'failed' | 'cancelled', LogType> = {
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
};

/** Does what the engine asked for, in its order, as rows of the transaction it was asked in. */
export class Effects {
  private readonly actions: Actions;
  private dispatches = false;
  private plannedMs: number | null = null;
  private parentWaits = false;

  constructor(
    private readonly transaction: Transaction,
    private readonly tenant: number,
    private readonly run: Run,
  ) {
    this.actions = new Actions(transaction);
  }

  /** Answers the signals that doing so brought about. */
  async perform(effects: readonly Effect[]): Promise<Signal[]> {
    const signals: Signal[] = [];
    signals.push(...(await this.startAll(effects.filter((effect) => effect.type === 'start-child'))));
    const entries: NewEntry[] = [];
    for (const effect of effects) {
      if (effect.type === 'log') entries.push(this.entry(effect.entry, effect.payload));
      else signals.push(...(await this.performOne(effect, entries)));
    }
    await append(this.transaction, entries);
    return signals;
  }

  /** Rings for what was made ready, once, when all is written. */
  async ring(): Promise<void> {
    if (this.dispatches) await ringDispatch(this.transaction, this.tenant);
    if (this.parentWaits) await ringAdvance(this.transaction, this.tenant, this.run.execution.parent!);
  }

  /** How soon the first of what was planned is due, ms from the moment the locks were held; null: nothing was. */
  get nextDueMs(): number | null {
    return this.plannedMs;
  }

  private plan(ms: number): void {
    if (ms > 0) this.plannedMs = Math.min(this.plannedMs ?? ms, ms);
  }

  private entry(type: LogType, payload: NewEntry['payload'] = {}): NewEntry {
    return { root: this.run.execution.root, execution: this.run.execution.id, type, payload };
  }

  private async performOne(effect: Exclude<Effect, { type: 'log' }>, entries: NewEntry[]): Promise<Signal[]> {
    const { transaction, run } = this;
    switch (effect.type) {
      case 'start-child':
        return [];
      case 'retry-child':
        await insertRetry(transaction, run.id, effect);
        this.dispatches ||= effect.notBefore <= run.now;
        this.plan(effect.notBefore - run.now);
        return [];
      case 'set-limit':
        await setLimit(transaction, run, effect.seconds);
        this.plan(effect.seconds * 1_000);
        return [];
      case 'release-item':
        await releaseItem(transaction, run.id, effect.task, effect.index);
        this.dispatches = true;
        return [];
      case 'record-undispatched':
        await insertUndispatched(transaction, run, effect);
        return [];
      case 'collect-items':
        return [await collectItems(transaction, run.id, effect.task)];
      case 'cancel-children':
        return this.cancelChildren(effect.policy, effect.timedOutAfter ?? run.execution.stopped_after);
      case 'finish':
        await endRun(transaction, run, effect.status, resultOf(run, effect), effect);
        entries.push(this.entry(ENDED[effect.status], endOf(effect.result)));
        this.parentWaits = run.execution.workflow_execution !== null && run.execution.parent !== null;
        return [];
    }
  }

  /** All at once; a child whose action does not exist, or may not be given what it would get, is recorded and reported. */
  private async startAll(children: readonly StartChild[]): Promise<Signal[]> {
    const found = await Promise.all(
      children.map(async (child) => ({ child, action: await this.actions.find(child.action) })),
    );
    const startable: { readonly child: StartChild; readonly action: ActionToExecute }[] = [];
    const signals: Signal[] = [];
    for (const { child, action } of found) {
      const refusal = refusalOf(child, action);
      if (refusal !== null) signals.push(await this.refuse(child, refusal));
      else if (action !== null) startable.push({ child, action });
    }
    await insertChildren(this.transaction, this.run, startable);
    this.dispatches ||= startable.some(({ child }) => child.released);
    return signals;
  }

  private async refuse(child: StartChild, refusal: Undispatchable): Promise<Signal> {
    await insertUndispatched(this.transaction, this.run, { ...child, ...refusal });
    const { task, index } = child;
    const result = { succeeded: false, ...refusal };
    return { type: 'child-ended', task, index, retry: 0, status: 'failed', result, undispatched: true };
  }

  /** `stoppedAfter`: the limit, seconds, of the workflow that is over it; null: somebody cancelled. */
  private async cancelChildren(
    policy: 'allow_finish' | 'cancel_running',
    stoppedAfter: number | null,
  ): Promise<Signal[]> {
    const { transaction, tenant, run } = this;
    await cancelWaiting(transaction, run.execution.id, stoppedAfter);
    for (const child of await runningChildren(transaction, run.execution.id)) {
      if (child.isWorkflow) {
        await markCanceling(transaction, child.id, stoppedAfter);
        await requestWorkflowCancel(transaction, tenant, child.id, policy);
      } else if (isWaiting({ ...child, status: 'running' })) {
        await cancelAsking(transaction, child, PARENT_CANCELLED, stoppedAfter);
      } else if (policy === 'cancel_running') {
        await markCanceling(transaction, child.id, stoppedAfter);
        if (child.worker !== null) await tellWorker(transaction, { worker: child.worker, cancel: child.id });
      }
    }
    return takeEnded(transaction, run.execution.id);
  }
}

interface Undispatchable {
  readonly code: string;
  readonly error: string;
}

/** Why a child cannot be made; null where it can. */
function refusalOf(child: StartChild, action: ActionToExecute | null): Undispatchable | null {
  if (action === null) {
    const error = `Task '${child.task}' names action '${child.action}', which does not exist`;
    return { code: 'ACTION_NOT_FOUND', error };
  }
  const paths = undeclaredPaths(action.paramSchema, child.secrets);
  return paths.length === 0 ? null : undeclaredSecrets(paths);
}

const resultOf = ({ execution }: Run, { status, result }: Extract<Effect, { type: 'finish' }>): JsonObject =>
  status === 'cancelled' ? stoppedResult(result, execution.stopped_after) : result;

const endOf = (result: { error?: unknown }): NewEntry['payload'] =>
  typeof result.error === 'string' ? { error: result.error } : {};
