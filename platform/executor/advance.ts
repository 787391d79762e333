import type { LogType } from '../../contract/executions';
import { joined } from '../core/template/taint';
import { DefinitionError } from '../core/workflow/definition-error';
import { loadDefinition } from '../core/workflow/load';
import { withDefaults } from '../core/workflow/parameters';
import { taintOfSchema } from '../core/workflow/secrets';
import { step } from '../core/workflow/step';
import type { Definition, Signal, State } from '../core/workflow/types';
import { ringAdvance, type AdvanceJob } from '../queue/ring';
import type { Database, Transaction } from '../store/database';
import { append } from '../store/log';
import { clearLimit, endRun, lockRun, saveRun, takeEnded, type Run } from '../store/workflow-runs';
import type { Alarm } from './alarm';
import { Effects } from './effects';
import { keystoreFor } from './keystore';

/**
 * Takes everything that happened to a workflow into account: load, step, save, perform, in one transaction. A job that
 * comes late or twice finds nothing to take. `alarm` hears, once that is committed, when the next of what was planned is due.
 */
export const advance =
  (db: Database, alarm: Pick<Alarm, 'ringIn'> = SILENT) =>
  async (job: AdvanceJob): Promise<void> => {
    const nextDueAt = await db.inTenant(job.tenant, async (transaction) => {
      const run = await lockRun(transaction, job.execution);
      if (!run) return null;
      const lockedAt = performance.now();
      const definition = definitionOf(run);
      if (definition instanceof DefinitionError) return refuse(transaction, job.tenant, run, definition);
      const nextDueMs = await play(transaction, job.tenant, run, definition);
      return nextDueMs === null ? null : lockedAt + nextDueMs;
    });
    if (nextDueAt !== null) alarm.ringIn(nextDueAt - performance.now());
  };

const SILENT = { ringIn: () => undefined };

function definitionOf(run: Run): Definition | DefinitionError {
  try {
    return loadDefinition(run.document, { ref: run.ref }).definition;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

/** Answers how soon the first of what it planned is due, ms; null: it planned nothing. */
async function play(
  transaction: Transaction,
  tenant: number,
  run: Run,
  definition: Definition,
): Promise<number | null> {
  const effects = new Effects(transaction, tenant, run);
  const keystore = await keystoreFor(transaction, run, definition);
  let state: State = run.state;
  const take = async (waiting: Signal[]) => {
    for (let signal = waiting.shift(); signal; signal = waiting.shift()) {
      const next = step(definition, state, signal, run.now, keystore);
      state = next.state;
      waiting.push(...(await effects.perform(next.effects)));
    }
  };
  await take(signalsOf(run, definition));
  if (run.overSince !== null) {
    await take(await takeEnded(transaction, run.execution.id, run.overSince));
    await take([{ type: 'timed-out' }]);
    await clearLimit(transaction, run.id);
  }
  await take(await takeEnded(transaction, run.execution.id));
  await saveRun(transaction, run, state);
  await effects.ring();
  return effects.nextDueMs;
}

/** What the rows ask for besides the ends of children: the start, a cancel. */
function signalsOf(run: Run, definition: Definition): Signal[] {
  const signals: Signal[] = [];
  if (run.state.status === 'requested') {
    signals.push(startOf(run, definition));
  }
  if (run.cancelRequested && run.state.status !== 'canceling') {
    signals.push({ type: 'cancel-requested', policy: run.cancelPolicy });
  }
  return signals;
}

/** A parameter is secret where the definition or the action says so. */
function startOf(run: Run, { parameters }: Definition): Signal {
  const ofParameters = joined(taintOfSchema(parameters), taintOfSchema(run.paramSchema));
  return {
    type: 'started',
    parameters: withDefaults(parameters ?? run.paramSchema, run.parameters),
    config: run.packConfig,
    secrets: { parameters: ofParameters, config: taintOfSchema(run.packConfigSchema) },
  };
}

/** A definition that cannot be loaded: the workflow fails, saying where it is wrong. */
async function refuse(transaction: Transaction, tenant: number, run: Run, error: DefinitionError): Promise<null> {
  const { root, id, parent, workflow_execution } = run.execution;
  const result = { succeeded: false, error: `Workflow definition is not usable: ${error.message} (${error.path})` };
  await endRun(transaction, run, 'failed', result);
  await append(transaction, [{ root, execution: id, type: 'EXECUTION_FAILED' satisfies LogType, payload: result }]);
  if (workflow_execution !== null && parent !== null) await ringAdvance(transaction, tenant, parent);
  return null;
}
