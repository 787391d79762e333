import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Execution, Rerun } from '../../../contract/executions';
import { Id } from '../../../contract/json';
import { componentTarget, executionTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { notFound } from '../../base/domain-error';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { loadStored } from '../../core/workflow/load/load-stored';
import { prepareRerun, taskNotReached, type ReadableKeys } from '../../executor/workflows/prepare-rerun';
import { planRevision } from '../../packs/revisions/compile-revision';
import type { Transaction } from '../../store/database/connection';
import { loadEndedRun, noExecution } from '../../store/executions/ended-run';
import { findActionToExecute, findExecutionRow, type ActionToExecute } from '../../store/executions/executions';
import type { StrictRun } from '../../store/executions/new-execution';
import type { ExecutionRow } from '../../store/lifecycle/execution-rows';
import { findRevision } from '../../store/packs/revisions';
import { findWorkflow } from '../../store/packs/workflows';
import { unsealParameterSecrets } from '../../store/secrets/seal-parameters';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { callerConnections, keptConnections } from './caller-connections';
import { requireAllowedVariables, requireValidParameters } from './execute';
import type { ExecutionRequests } from './request-execution';

/**
 * `POST /executions/{id}/rerun`: a new execution of the workflow that an ended one ran, which
 * takes over its finished tasks and starts at a task. It needs the permission to read the
 * execution, and all that a request of the workflow needs.
 */
export function rerunRoute(api: Api, request: ExecutionRequests): void {
  route(api, {
    method: 'POST',
    path: '/api/v1/executions/:id/rerun',
    extension: 'executions.rerun',
    grant: 'executions:read',
    schema: {
      tags: ['executions'],
      params: Type.Object({ id: Id }),
      body: Rerun,
      response: { 201: dataEnvelope(Execution) },
    },
    requestsWork: true,
    idempotentOperation: 'rerun',
    load: ({ transaction, params: { id } }) => loadRerunnable(transaction, id),
    target: ({ transaction, caller, loaded: { row } }) => executionTarget(transaction, caller, row),
    additionalGrants: [{ grant: 'actions:execute', target: ({ loaded }) => componentTarget(actionOf(loaded)) }],
    check: async ({ rights, loaded }) =>
      requireAllowedVariables(await rights(), requestedFields(loaded.row), actionOf(loaded)),
    handle: async ({ transaction, caller, body: { from, parameters = null }, loaded }) => {
      const { row } = loaded;
      const ended = await loadEndedRun(transaction, row.id, actionOf(loaded).isWorkflow);
      if (ended === null) throw taskNotReached(row.id, from);
      const workflow = await findWorkflow(transaction, row.action_ref);
      if (workflow === null || workflow.id !== ended.workflow) throw noWorkflow(`The workflow of execution ${row.id}`);
      const rerun = await prepareRerun(transaction, ended, from, readableKeys(transaction, caller));
      const { action, strict } = await loadVersion(transaction, row, actionOf(loaded), workflow.id);
      if (parameters !== null) requireValidParameters(action, { parameters });
      const given = parameters === null ? await parametersOf(transaction, caller, row) : { parameters };
      const requested = { ...requestedFields(row), ...given, ...(strict && { strict }), action, rerun };
      return { data: await request(transaction, caller, requested) };
    },
  });
}

interface Rerunnable {
  readonly row: ExecutionRow;
  /** Null: it was deleted. */
  readonly action: ActionToExecute | null;
}

const noWorkflow = (name: string) =>
  notFound(name, { path: '/id', hint: 'give an execution of a workflow that exists' });

/** Throws NOT_FOUND. */
async function loadRerunnable(transaction: Transaction, id: number): Promise<Rerunnable> {
  const row = await findExecutionRow(transaction, id);
  if (row === null) throw noExecution(id);
  return { row, action: await findActionToExecute(transaction, row.action_ref) };
}

/** Throws NOT_FOUND. */
function actionOf({ row, action }: Rerunnable): ActionToExecute {
  if (action === null) throw noWorkflow(`Action ${row.action_ref}`);
  return action;
}

const parametersOf = async (transaction: Transaction, caller: Caller, row: ExecutionRow) => ({
  parameters: row.config,
  secrets: unsealParameterSecrets(transaction, row),
  connections: await keptConnections(transaction, caller, row),
});

/** Of the earlier request, without its parameters. A sub-workflow had the limit of its task. */
const requestedFields = (row: ExecutionRow) => ({
  env_vars: row.env_vars as Record<string, string> | null,
  permission_set_refs: row.permission_set_refs,
  timeout_seconds: row.workflow_execution === null ? row.timeout_seconds : null,
  artifact_retention_policy: row.artifact_retention_policy,
  artifact_retention_limit: row.artifact_retention_limit,
  worker_selector: row.worker_selector,
  worker_tolerations: row.worker_tolerations,
  worker_affinity: row.worker_affinity,
});

interface Version {
  /** With the schema of the parameters of that version. */
  readonly action: ActionToExecute;
  readonly strict: StrictRun | null;
}

/** The revision that the earlier execution ran, where it was requested to run one. */
async function loadVersion(
  transaction: Transaction,
  { id, action_ref: ref, revision: number, plan_digest: planDigest, variables }: ExecutionRow,
  action: ActionToExecute,
  workflow: number,
): Promise<Version> {
  if (number === null) return { action, strict: null };
  const revision = await findRevision(transaction, workflow, number);
  if (revision === null) {
    const details = { path: '/id', hint: 'run the workflow from its start' };
    throw notFound(`Revision ${number} of workflow '${ref}', which execution ${id} ran,`, details);
  }
  const declared = loadStored(revision.definition, ref);
  const schemas = [revision.param_schema, declared?.parameters ?? null];
  const { ready } = await planRevision(transaction, revision, ref);
  return {
    action: { ...action, paramSchema: schemas.reduce(withDeclaredSecrets, action.paramSchema) },
    strict: {
      revision: number,
      planDigest,
      currentPlanDigest: planDigest === null ? null : (ready?.digest ?? null),
      variables: variables ?? {},
    },
  };
}

/** Ids of the keys that the caller may read, among those of these refs. */
const readableKeys =
  (transaction: Transaction, caller: Caller): ReadableKeys =>
  async (refs) =>
    new Set(
      Object.values(
        await callerConnections(
          transaction,
          caller,
          refs.map((ref) => ({ $connection: ref })),
        ),
      ),
    );
