import { mergeTaints } from '../core/secrets/taint';
import { DefinitionError } from '../core/workflow/load/definition-error';
import { loadDefinition } from '../core/workflow/load/load-definition';
import { withDefaults } from '../core/schema/flat-schema';
import { schemaTaint } from '../core/secrets/schema-taint';
import { step } from '../core/workflow/step';
import type { WorkflowDefinition } from '../core/workflow/definition';
import type { Signal, WorkflowState } from '../core/workflow/types';
import type { AdvanceJob } from '../store/database/notify';
import type { Database, Transaction } from '../store/database/connection';
import { endWorkflowRun, failTooLarge } from '../store/executions/end-workflow';
import { StateTooLarge } from '../store/executions/item-results';
import {
  clearWorkflowDeadline,
  ENDED_CHILDREN_BATCH,
  lockWorkflowRun,
  saveWorkflowRun,
  takeEndedChildren,
  type WorkflowRun,
} from '../store/executions/workflow-runs';
import type { WakeupTimer } from './wakeup-timer';
import { EffectRunner } from './effects';
import { loadWorkflowKeystore } from './workflow-keystore';

/**
 * Processes everything that happened to a workflow: load, step, save, perform, in one transaction.
 * A late or repeated job finds nothing to process. After the commit, `wakeup` is scheduled for the
 * earliest retry or deadline that was planned.
 */
export const advanceWorkflow =
  (db: Database, wakeup: Pick<WakeupTimer, 'scheduleIn'> = NO_WAKEUP) =>
  async (job: AdvanceJob): Promise<void> => {
    try {
      const nextDueAt = await db.inTenant(job.tenant, (transaction) => advanceLocked(transaction, job));
      if (nextDueAt !== null) wakeup.scheduleIn(nextDueAt - performance.now());
    } catch (error) {
      if (!(error instanceof StateTooLarge)) throw error;
      await db.inTenant(job.tenant, (transaction) => stopTooLarge(transaction, job, error.bytes));
    }
  };

/** Returns when the earliest planned retry or deadline is due; null where none was planned. */
async function advanceLocked(transaction: Transaction, { tenant, execution }: AdvanceJob): Promise<number | null> {
  const run = await lockWorkflowRun(transaction, execution);
  if (!run) return null;
  const lockedAt = performance.now();
  const definition = loadRunDefinition(run);
  if (definition instanceof DefinitionError) return failUnusable(transaction, run, definition);
  const nextDueMs = await processSignals(transaction, tenant, run, definition);
  return nextDueMs === null ? null : lockedAt + nextDueMs;
}

/** What the step would have stored was rolled back: the run fails as it is. */
async function stopTooLarge(transaction: Transaction, { tenant, execution }: AdvanceJob, bytes: number): Promise<void> {
  const run = await lockWorkflowRun(transaction, execution);
  if (!run) return;
  await new EffectRunner(transaction, tenant, run).perform([{ type: 'cancel-children', policy: 'cancel_running' }]);
  await failTooLarge(transaction, run, bytes);
}

const NO_WAKEUP = { scheduleIn: () => undefined };

function loadRunDefinition(run: WorkflowRun): WorkflowDefinition | DefinitionError {
  try {
    return loadDefinition(run.definition, { ref: run.ref }).definition;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

/** Returns ms until the earliest planned retry or deadline; null where none was planned. */
async function processSignals(
  transaction: Transaction,
  tenant: number,
  run: WorkflowRun,
  definition: WorkflowDefinition,
): Promise<number | null> {
  const effects = new EffectRunner(transaction, tenant, run);
  const keystore = await loadWorkflowKeystore(transaction, run, definition);
  let state: WorkflowState = run.state;
  const applySignals = async (queue: Signal[]) => {
    for (let signal = queue.shift(); signal; signal = queue.shift()) {
      const next = step(definition, state, signal, run.now, keystore);
      state = next.state;
      queue.push(...(await effects.perform(next.effects)));
    }
  };
  const applyEnded = async (before: string | null) => {
    for (let count = ENDED_CHILDREN_BATCH; count === ENDED_CHILDREN_BATCH;) {
      const ended = await takeEndedChildren(transaction, run.execution.id, before);
      count = ended.length;
      await applySignals(ended);
    }
  };
  await applySignals(pendingSignals(run, definition));
  if (run.timedOutAt !== null) {
    await applyEnded(run.timedOutAt);
    await applySignals([{ type: 'timed-out' }]);
    await clearWorkflowDeadline(transaction, run.id);
  }
  await applyEnded(null);
  await saveWorkflowRun(transaction, run, state);
  await effects.sendNotifications();
  return effects.nextDueMs;
}

/**
 * Signals of the run's own row: its start, a cancel. Ends of children come from the children's
 * rows.
 */
function pendingSignals(run: WorkflowRun, definition: WorkflowDefinition): Signal[] {
  const signals: Signal[] = [];
  if (run.state.status === 'requested') {
    signals.push(startSignal(run, definition));
  }
  if (run.cancelRequested && run.state.status !== 'canceling') {
    signals.push({ type: 'cancel-requested', policy: run.cancelPolicy });
  }
  return signals;
}

/** A parameter is secret where the definition or the action declares it secret. */
function startSignal(run: WorkflowRun, { parameters }: WorkflowDefinition): Signal {
  const parameterTaint = mergeTaints(schemaTaint(parameters), schemaTaint(run.paramSchema));
  return {
    type: 'started',
    parameters: withDefaults(parameters ?? run.paramSchema, run.parameters),
    config: run.packConfig,
    secrets: { parameters: parameterTaint, config: schemaTaint(run.packConfigSchema) },
  };
}

/**
 * Fails a workflow whose definition cannot be loaded; the error names the place in the definition.
 */
async function failUnusable(transaction: Transaction, run: WorkflowRun, error: DefinitionError): Promise<null> {
  const message = `Workflow definition is not usable: ${error.message} (${error.path})`;
  await endWorkflowRun(transaction, run, { status: 'failed', result: { succeeded: false, error: message } });
  return null;
}
