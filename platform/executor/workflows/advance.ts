import type { JsonObject } from '../../../contract/json';
import { addErrorSubject } from '../../base/error-subject';
import { mergeTaints } from '../../core/secrets/taint';
import { DefinitionError } from '../../core/workflow/load/definition-error';
import { loadDefinition } from '../../core/workflow/load/load-definition';
import { withDefaults } from '../../core/schema/flat-schema';
import {
  appliedDefaults,
  connectionsOf,
  findReferences,
  withConnections,
  type Connections,
} from '../../core/secrets/connections';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { step } from '../../core/workflow/step';
import { createStepContext, type StepContext } from '../../core/workflow/step-context';
import { withRequestLimit, type WorkflowDefinition } from '../../core/workflow/definition';
import { isHeld, type Signal } from '../../core/workflow/types';
import { notifyWorkflow, type AdvanceJob } from '../../store/database/notify';
import {
  limitsOf,
  readClockMs,
  servesExtensions,
  type Database,
  type Transaction,
} from '../../store/database/connection';
import { endUnsavedRun, failStoppedRun, resultOfImpossibleStep } from '../../store/executions/end-workflow';
import { StateTooLarge } from '../../store/executions/item-results';
import { LeaseHeld } from '../../store/executions/coordinator-lease';
import { endPauseToStop, hasStepsInFlight, pauseRun } from '../../store/executions/paused-runs';
import {
  clearWorkflowDeadline,
  ENDED_CHILDREN_BATCH,
  lockWorkflowRun,
  saveWorkflowRun,
  takeEndedChildren,
  type WorkflowRun,
} from '../../store/executions/workflow-runs';
import type { WakeupTimer } from '../../base/async/wakeup-timer';
import { Dispatcher } from '../dispatch/dispatch';
import { EffectRunner } from './effects';
import { ImmediateChildren } from '../dispatch/immediate-children';
import { loadWorkflowConnections } from './workflow-connections';
import { loadWorkflowKeystore } from './workflow-keystore';

/** A transaction starts no further step after this, ms: a cancel waits for its locks. */
export const MAX_LOCKED_MS = 100;

export interface AdvanceOptions {
  /** Id of the executor, which takes the leases of the workflows. */
  readonly executor: number;
  /** As for `dispatchRequested`. */
  readonly staleMs: number;
  /** Called where another executor coordinates the workflow. */
  readonly onLeaseHeld?: (held: LeaseHeld) => void;
  /** Called with what the database threw, once the workflow has failed for it. */
  readonly onStepRejected?: (error: unknown) => void;
}

/**
 * Processes everything that happened to a workflow: load, step, save, perform, and dispatch what
 * can start, in one transaction. A late or repeated job finds nothing to process. After the
 * commit, `wakeup` is scheduled for the earliest retry or deadline that was planned. Nothing is
 * processed while another executor coordinates the workflow: it has got the same notification.
 */
export const advanceWorkflow =
  (db: Database, { executor, staleMs, onLeaseHeld, onStepRejected }: AdvanceOptions, wakeup: Wakeup = NO_WAKEUP) =>
  async (job: AdvanceJob): Promise<void> => {
    try {
      const nextDueAt = await db.inTenant(job.tenant, (transaction) =>
        advanceLocked(transaction, job, executor, new Dispatcher(transaction, job.tenant, staleMs)),
      );
      if (nextDueAt !== null) wakeup.scheduleIn(nextDueAt - performance.now());
    } catch (error) {
      if (error instanceof LeaseHeld) return onLeaseHeld?.(error);
      const result = resultOfImpossibleStep(error);
      if (result === null) throw error;
      await db.inTenant(job.tenant, (transaction) => stopRun(transaction, job, executor, result));
      if (!(error instanceof StateTooLarge)) onStepRejected?.(addErrorSubject(error, { execution: job.execution }));
    }
  };

/**
 * The same inside a transaction. Returns when the earliest planned retry or deadline is due,
 * monotonic ms; null where none was planned. Throws StateTooLarge, LeaseHeld, UnsealFailed.
 */
export async function advanceLocked(
  transaction: Transaction,
  job: AdvanceJob,
  executor: number,
  dispatcher: Dispatcher,
): Promise<number | null> {
  const run = await lockWorkflowRun(transaction, job.execution, executor);
  if (!run || (run.execution.status === 'paused' && !(await endPauseToStop(transaction, run)))) return null;
  const lockedAt = performance.now();
  const clockOffset = lockedAt - run.now;
  const untilMs = lockedAt + MAX_LOCKED_MS;
  const definition = loadRunDefinition(run);
  if (definition instanceof DefinitionError) return failUnusable(transaction, run, definition);
  const immediate = new ImmediateChildren(transaction, run, dispatcher, untilMs);
  const effects = new EffectRunner(transaction, job.tenant, run, immediate);
  const context = createStepContext(
    definition,
    run.state,
    await loadWorkflowKeystore(transaction, run.packRef, definition),
    await loadWorkflowConnections(transaction, run, definition),
    servesExtensions(transaction) ? limitsOf(transaction).workflowRounds : null,
  );
  const steps = new WorkflowSteps(transaction, run, context, effects);
  await steps.applyPending();
  while (effects.takeStartable() && (await dispatcher.dispatchChildren(job.execution)) > 0) {
    if (performance.now() > untilMs) {
      await notifyWorkflow(transaction, job.tenant, job.execution);
      break;
    }
    run.now = await readClockMs(transaction);
    await steps.applyEnded(null);
  }
  if (steps.mayPause() && !(await hasStepsInFlight(transaction, run))) {
    await steps.applyEnded(null); // of a step that ended since
    if (steps.mayPause()) await pauseRun(transaction, run);
  }
  await saveWorkflowRun(transaction, run, context.state);
  return effects.nextDueAt === null ? null : effects.nextDueAt + clockOffset;
}

/** The step could not be read, or what it would have stored was rolled back: the run fails. */
async function stopRun(
  transaction: Transaction,
  { tenant, execution }: AdvanceJob,
  executor: number,
  result: JsonObject,
): Promise<void> {
  const run = await lockWorkflowRun(transaction, execution, executor, true);
  if (!run) return;
  await new EffectRunner(transaction, tenant, run, null).perform([
    { type: 'cancel-children', policy: 'cancel_running' },
  ]);
  await failStoppedRun(transaction, run, result);
}

export type Wakeup = Pick<WakeupTimer, 'scheduleIn'>;

const NO_WAKEUP = { scheduleIn: () => undefined };

function loadRunDefinition(run: WorkflowRun): WorkflowDefinition | DefinitionError {
  try {
    const { definition } = loadDefinition(run.definition, { ref: run.ref });
    const { timeout_level: level, timeout_seconds: seconds } = run.execution;
    return level === 'request' && seconds !== null ? withRequestLimit(definition, seconds) : definition;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

/** Applies what happened to a workflow: each signal is a step, and its effects are performed. */
class WorkflowSteps {
  constructor(
    private readonly transaction: Transaction,
    private readonly run: WorkflowRun,
    private readonly context: StepContext,
    private readonly effects: EffectRunner,
  ) {}

  /** Applies everything that happened before the locks were acquired. */
  async applyPending(): Promise<void> {
    const { transaction, run, context } = this;
    const isNew = run.state.status === 'requested';
    await this.apply(pendingSignals(run, context));
    if (isNew) return; // it has no children of an earlier transaction
    if (run.timedOutAt !== null) {
      await this.applyEnded(run.timedOutAt);
      await this.apply([{ type: 'timed-out' }]);
      await clearWorkflowDeadline(transaction, run.id);
    }
    await this.applyEnded(null);
  }

  /** A pause is requested, and takes hold once no step is in flight. */
  mayPause(): boolean {
    return isHeld(this.context.state) && this.context.state.status === 'running';
  }

  /** Applies the ends of children. `before`: as for `takeEndedChildren`. */
  async applyEnded(before: string | null): Promise<void> {
    for (let count = ENDED_CHILDREN_BATCH; count === ENDED_CHILDREN_BATCH;) {
      const ended = await takeEndedChildren(this.transaction, this.run, before);
      count = ended.length;
      await this.apply(ended);
    }
  }

  private async apply(queue: Signal[]): Promise<void> {
    for (let signal = queue.shift(); signal; signal = queue.shift()) {
      queue.push(...(await this.effects.perform(step(this.context, signal, this.run.now))));
    }
  }
}

/**
 * Signals of the run's own row: its start, a pause, a resume, a cancel. Ends of children come from
 * the children's rows.
 */
function pendingSignals(run: WorkflowRun, { definition, connections }: StepContext): Signal[] {
  const signals: Signal[] = [];
  if (run.pauseRequested !== isHeld(run.state)) {
    signals.push({ type: run.pauseRequested ? 'pause-requested' : 'resumed' });
  }
  if (run.state.status === 'requested') {
    signals.push(startSignal(run, definition, connections));
  }
  if (run.cancelRequested && run.state.status !== 'canceling') {
    signals.push({ type: 'cancel-requested', policy: run.cancelPolicy });
  }
  return signals;
}

/**
 * A parameter is secret where the definition or the workflow's schema declares it secret, or where
 * it was stored as secret. A reference to a key is one of the execution's own parameters, or a
 * default of the definition.
 */
function startSignal(run: WorkflowRun, { parameters }: WorkflowDefinition, keys: StepContext['connections']): Signal {
  const schema = parameters ?? run.paramSchema;
  const complete = withDefaults(schema, run.parameters);
  const declaredTaint = mergeTaints(schemaTaint(parameters, complete), schemaTaint(run.paramSchema, complete));
  const secretTaint = mergeTaints(declaredTaint, run.parameterTaint);
  const ofDefaults = keys && connectionsOf(findReferences(appliedDefaults(schema, run.parameters)), keys);
  const parameterTaint = withConnections(secretTaint, {
    ...(run.execution.connections as Connections),
    ...ofDefaults,
  });
  return {
    type: 'started',
    parameters: complete,
    config: run.packConfig,
    secrets: { parameters: parameterTaint, config: schemaTaint(run.packConfigSchema, run.packConfig) },
    ...(run.takenOver && { takenOver: run.takenOver }),
  };
}

/**
 * Fails a workflow whose definition cannot be loaded; the error names the place in the definition.
 */
async function failUnusable(transaction: Transaction, run: WorkflowRun, error: DefinitionError): Promise<null> {
  const message = `Workflow definition is not usable: ${error.message} (${error.path})`;
  await endUnsavedRun(transaction, run, { status: 'failed', result: { succeeded: false, error: message } });
  return null;
}
