import { oncePerKey } from '../../once-per-key';
import type { JsonObject } from '../../../contract/json';
import type { Effect, StartChild } from '../../core/workflow/types';
import { asJson, type Transaction } from '../database/connection';
import { findActionToExecute, type ActionToExecute } from './executions';
import { sealParameters, unsealParameterSecrets, type SealedParameters } from '../secrets/seal-parameters';
import { limitBelow } from './permission-limit';
import { insertFailed } from '../lifecycle/lifecycle';
import type { WorkflowRun } from './workflow-runs';

/** Rows of one insert: PostgreSQL accepts 65,535 parameters in a statement. */
const CHUNK_ROWS = 500;

/** Looks up each action once while a workflow advances. */
export class ActionCache {
  readonly find: (ref: string) => Promise<ActionToExecute | null>;

  constructor(transaction: Transaction) {
    this.find = oncePerKey((ref) => findActionToExecute(transaction, ref));
  }
}

/** Columns that every child inherits from its workflow. */
const inheritedColumns = ({ id, execution }: WorkflowRun) => ({
  root: execution.root,
  parent: execution.id,
  enforcement: execution.enforcement,
  rule_ref: execution.rule_ref,
  trigger_ref: execution.trigger_ref,
  correlation_id: execution.correlation_id,
  causation_depth: execution.causation_depth + 1,
  executor: execution.executor,
  permission_limit: limitBelow(execution),
  env_vars: execution.env_vars && asJson(execution.env_vars),
  artifact_retention_policy: execution.artifact_retention_policy,
  artifact_retention_limit: execution.artifact_retention_limit,
  workflow_execution: id,
});

const placementJson = (placement: JsonObject, name: string): string | null =>
  placement[name] === undefined || placement[name] === null ? null : asJson(placement[name]);

function childRow(run: WorkflowRun, child: StartChild, action: ActionToExecute, parameters: SealedParameters) {
  return {
    ...inheritedColumns(run),
    action: action.id,
    action_ref: action.ref,
    ...parameters,
    permission_set_refs: [...(child.permissionSetRefs ?? action.permissionSetRefs)],
    worker_selector: placementJson(child.placement, 'worker_selector') ?? inheritedSelector(run),
    worker_tolerations: placementJson(child.placement, 'worker_tolerations'),
    worker_affinity: placementJson(child.placement, 'worker_affinity'),
    task_name: child.task,
    task_index: child.index,
    task_retries: child.maxRetries,
    triggered_by: child.triggeredBy,
    timeout_seconds: child.timeoutSeconds,
    timeout_level: child.timeoutSeconds === null ? null : 'task',
    released: child.released,
  };
}

const inheritedSelector = (run: WorkflowRun): string | null =>
  run.execution.worker_selector && asJson(run.execution.worker_selector);

/** The parameters of a child without input: its parent's, with the same secrets. */
const parentParameters = (transaction: Transaction, { execution }: WorkflowRun) => ({
  parameters: execution.config,
  secrets: unsealParameterSecrets(transaction, execution),
});

/** Inserts children, `requested`, in the given order. */
export async function insertChildren(
  transaction: Transaction,
  run: WorkflowRun,
  children: readonly { readonly child: StartChild; readonly action: ActionToExecute }[],
): Promise<void> {
  const inheritedParameters = parentParameters(transaction, run);
  for (let start = 0; start < children.length; start += CHUNK_ROWS) {
    const chunk = children.slice(start, start + CHUNK_ROWS);
    const parameters = await sealParameters(
      transaction,
      run.execution.tenant,
      chunk.map(({ child, action }) => ({
        schema: action.paramSchema,
        ...(child.input ? { parameters: child.input } : inheritedParameters),
      })),
    );
    const rows = chunk.map(({ child, action }, index) => childRow(run, child, action, parameters[index]!));
    await transaction.insertInto('execution').values(rows).execute();
  }
}

type UndispatchedChild = Omit<Extract<Effect, { type: 'record-undispatched' }>, 'type'>;

/**
 * Stores a child that cannot be dispatched: `failed`, never started, with the cause in its result.
 */
export const insertUndispatched = (
  transaction: Transaction,
  run: WorkflowRun,
  { action, task, index, triggeredBy, code, error }: UndispatchedChild,
): Promise<number> =>
  insertFailed(
    transaction,
    { ...inheritedColumns(run), action_ref: action, task_name: task, task_index: index, triggered_by: triggeredBy },
    { succeeded: false, code, error },
  );
