import type { JsonObject } from '../../contract/json';
import type { Effect, StartChild } from '../core/workflow/types';
import { asJson, now, type Transaction } from './database';
import { findAction, type ActionToExecute } from './executions';
import { sealParameters, secretsOf, type SealedParameters } from './secret-parameters';
import type { Run } from './workflow-runs';

/** Rows of one insert: PostgreSQL takes 65,535 parameters a statement. */
const CHUNK = 500;

/** Actions by ref, each looked up once while a workflow advances. */
export class Actions {
  private readonly known = new Map<string, Promise<ActionToExecute | null>>();

  constructor(private readonly transaction: Transaction) {}

  find(ref: string): Promise<ActionToExecute | null> {
    const found = this.known.get(ref) ?? findAction(this.transaction, ref);
    this.known.set(ref, found);
    return found;
  }
}

/** What every child of a workflow inherits from it. */
const inherited = ({ id, execution }: Run) => ({
  root: execution.root,
  parent: execution.id,
  enforcement: execution.enforcement,
  rule_ref: execution.rule_ref,
  trigger_ref: execution.trigger_ref,
  correlation_id: execution.correlation_id,
  executor: execution.executor,
  env_vars: execution.env_vars && asJson(execution.env_vars),
  artifact_retention_policy: execution.artifact_retention_policy,
  artifact_retention_limit: execution.artifact_retention_limit,
  workflow_execution: id,
});

const documentOf = (placement: JsonObject, name: string): string | null =>
  placement[name] === undefined || placement[name] === null ? null : asJson(placement[name]);

function childRow(run: Run, child: StartChild, action: ActionToExecute, parameters: SealedParameters) {
  return {
    ...inherited(run),
    action: action.id,
    action_ref: action.ref,
    ...parameters,
    permission_set_refs: [...(child.permissionSetRefs ?? action.permissionSetRefs)],
    worker_selector: documentOf(child.placement, 'worker_selector') ?? selectorOf(run),
    worker_tolerations: documentOf(child.placement, 'worker_tolerations'),
    worker_affinity: documentOf(child.placement, 'worker_affinity'),
    task_name: child.task,
    task_index: child.index,
    task_retries: child.maxRetries,
    triggered_by: child.triggeredBy,
    timeout_seconds: child.timeoutSeconds,
    timeout_level: child.timeoutSeconds === null ? null : 'task',
    released: child.released,
  };
}

const selectorOf = (run: Run): string | null => run.execution.worker_selector && asJson(run.execution.worker_selector);

/** A child without an input gets what its parent got, and what was secret there stays so. */
const ownParameters = (transaction: Transaction, { execution }: Run) => ({
  parameters: execution.config,
  secrets: secretsOf(transaction, execution),
});

/** Makes the children, `requested`, in the order given. */
export async function insertChildren(
  transaction: Transaction,
  run: Run,
  children: readonly { readonly child: StartChild; readonly action: ActionToExecute }[],
): Promise<void> {
  const own = ownParameters(transaction, run);
  for (let from = 0; from < children.length; from += CHUNK) {
    const chunk = children.slice(from, from + CHUNK);
    const parameters = await sealParameters(
      transaction,
      run.execution.tenant,
      chunk.map(({ child, action }) => ({
        schema: action.paramSchema,
        ...(child.input ? { parameters: child.input } : own),
      })),
    );
    const rows = chunk.map(({ child, action }, index) => childRow(run, child, action, parameters[index]!));
    await transaction.insertInto('execution').values(rows).execute();
  }
}

type Undispatched = Omit<Extract<Effect, { type: 'record-undispatched' }>, 'type'>;

/** A child that could not be dispatched: `failed`, never started, with the cause where a reader looks for it. */
export const insertUndispatched = (transaction: Transaction, run: Run, child: Undispatched): Promise<unknown> =>
  transaction
    .insertInto('execution')
    .values({
      ...inherited(run),
      action_ref: child.action,
      task_name: child.task,
      task_index: child.index,
      triggered_by: child.triggeredBy,
      status: 'failed',
      settled: true,
      result: asJson({ succeeded: false, code: child.code, error: child.error }),
      finished_at: now,
    })
    .execute();
