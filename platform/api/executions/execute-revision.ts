import { dataEnvelope } from '../../../contract/envelopes';
import { Execution } from '../../../contract/executions';
import type { Json } from '../../../contract/json';
import { ExecuteRevision, type WorkflowInputs } from '../../../contract/workflows';
import { componentTarget } from '../../auth/authorization-targets';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { readInputs } from '../../core/workflow/compile/inputs';
import { loadStored } from '../../core/workflow/load/load-stored';
import { DomainError, notFound } from '../../base/domain-error';
import { planRevision } from '../../packs/revisions/compile-revision';
import type { Transaction } from '../../store/database/connection';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import { findReadyRevision, type RevisionRow } from '../../store/packs/revisions';
import { findWorkflow, type WorkflowRow } from '../../store/packs/workflows';
import { refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { route } from '../http/route';
import type { ExecutionRequests } from './request-execution';

/**
 * `POST /workflows/{ref}/execute`: runs the newest compiled revision. The inputs are validated,
 * and nothing is stored where they are not valid.
 */
export function executeRevisionRoute(api: Api, request: ExecutionRequests): void {
  route(api, {
    method: 'POST',
    path: '/api/v1/workflows/:ref/execute',
    extension: 'workflows.revisions',
    grant: 'actions:execute',
    schema: {
      tags: ['workflows'],
      params: refParams,
      body: ExecuteRevision,
      response: { 201: dataEnvelope(Execution) },
    },
    requestsWork: true,
    idempotentOperation: 'execute-revision',
    load: ({ transaction, params: { ref } }) => loadExecutable(transaction, ref),
    target: ({ loaded: { action } }) => componentTarget(action),
    handle: async ({ transaction, caller, body, loaded: { workflow, action } }) => {
      const revision = await loadReadyRevision(transaction, workflow);
      const declared = loadStored(revision.definition, workflow.ref);
      const paramSchema =
        revision.revision === workflow.revision
          ? action.paramSchema // of a pack's file, it may be the action's own
          : withDeclaredSecrets(revision.param_schema, declared?.parameters ?? null);
      const { data, variables = {} } = requireInputs(body.inputs, {
        schema: paramSchema,
        variables: declared?.vars ?? {},
      });
      const { ready } = await planRevision(transaction, revision, workflow.ref);
      const strict = {
        revision: revision.revision,
        planDigest: revision.plan_digest!,
        currentPlanDigest: ready?.digest ?? null,
        variables,
      };
      return {
        data: await request(transaction, caller, { action: { ...action, paramSchema }, parameters: data, strict }),
      };
    },
  });
}

interface Executable {
  readonly workflow: WorkflowRow;
  readonly action: ActionToExecute;
}

/** Throws NOT_FOUND. */
async function loadExecutable(transaction: Transaction, ref: string): Promise<Executable> {
  const workflow = await findWorkflow(transaction, ref);
  const action = await findActionToExecute(transaction, ref);
  if (workflow === null || action === null) throw notFound(`Workflow '${ref}'`);
  return { workflow, action };
}

/** Throws REVISION_NOT_COMPILED. */
async function loadReadyRevision(transaction: Transaction, { id, ref }: WorkflowRow): Promise<RevisionRow> {
  const revision = await findReadyRevision(transaction, id);
  if (revision !== null) return revision;
  throw new DomainError('REVISION_NOT_COMPILED', `No revision of workflow '${ref}' is compiled`, {
    path: '/revision',
    hint: `compile one: POST /api/v1/workflows/${ref}/revisions/{n}/compile`,
    ready: [],
  });
}

/** Throws INPUT_ENVELOPE_INVALID, INPUT_REQUIRED, INPUT_SCHEMA_VIOLATION. */
function requireInputs(inputs: Json | undefined, declared: Parameters<typeof readInputs>[1]): WorkflowInputs {
  const read = readInputs(inputs, declared);
  if (!('code' in read)) return read;
  const { code, message, hint, errors } = read;
  throw new DomainError(code, message, { path: errors[0]!.path, hint, errors: errors.map((error) => ({ ...error })) });
}
