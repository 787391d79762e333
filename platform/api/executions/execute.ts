import { dataEnvelope } from '../../../contract/envelopes';
import { Execute, Execution } from '../../../contract/executions';
import { componentTarget } from '../../auth/authorization-targets';
import { findUndeclaredVariable, undeclaredVariableError } from './execution-variables';
import { dataErrors, schemaFault } from '../../core/workflow/compile/inputs';
import { DomainError, requireFound } from '../../base/domain-error';
import type { Rights } from '../../auth/rights';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import type { Api } from '../http/context';
import { requireUsablePlacement } from '../packs/usable-placement';
import { route } from '../http/route';
import { rejectParameters } from '../http/reject-parameters';
import type { ExecutionRequests } from './request-execution';

/**
 * `POST /executions/execute`: requests an execution. Its parameters are validated only if the
 * request says so.
 */
export function executeRoute(api: Api, request: ExecutionRequests): void {
  route(api, {
    method: 'POST',
    path: '/api/v1/executions/execute',
    grant: 'actions:execute',
    schema: { tags: ['executions'], body: Execute, response: { 201: dataEnvelope(Execution) } },
    requestsWork: true,
    idempotentOperation: 'execute',
    validate: ({ body }) => validatePlacement(body),
    load: async ({ transaction, body: { action_ref: ref } }) =>
      requireFound(await findActionToExecute(transaction, ref), `Action ${ref}`),
    target: ({ loaded }) => componentTarget(loaded),
    check: async ({ rights, body, loaded }) => requireAllowedVariables(await rights(), body, loaded),
    handle: async ({ transaction, caller, body, loaded: action }) => {
      const { validate, ...requested } = declaredFields(body);
      if (validate === true) requireValidParameters(action, requested);
      return { data: await request(transaction, caller, { ...requested, action }) };
    },
  });
}

/**
 * FORBIDDEN for a variable that the action does not declare, unless the caller may change what
 * runs: the action, or every action where a workflow passes it on to its tasks.
 */
export function requireAllowedVariables(
  rights: Rights,
  { env_vars: variables }: Pick<Execute, 'env_vars'>,
  action: ActionToExecute,
): void {
  const name = findUndeclaredVariable(variables, action);
  if (name === null) return;
  const changed = action.isWorkflow ? undefined : componentTarget(action);
  if (!rights.allows('actions', 'update', changed)) throw undeclaredVariableError(name, action);
}

/** VALIDATION_ERROR for parameters that the schema of the action does not accept. */
export function requireValidParameters(
  { ref, paramSchema: schema }: ActionToExecute,
  { parameters }: Partial<Execute>,
): void {
  const fault = schemaFault(schema);
  const errors =
    fault === null
      ? dataErrors(parameters ?? {}, schema, '/parameters')
      : [{ path: '/parameters', message: `cannot be checked: ${fault}` }];
  rejectParameters(`action '${ref}'`, errors);
}

/** Without fields that the contract does not name: they must not reach the columns of the row. */
const declaredFields = (body: Execute): Execute =>
  Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(Execute.properties, name))) as Execute;

/**
 * BAD_REQUEST for fields of placement and retention that have the right type and no usable value.
 */
function validatePlacement(body: Execute): void {
  const { artifact_retention_limit: limit } = body;
  if (typeof limit === 'number' && limit < 1) {
    const path = 'artifact_retention_limit';
    throw new DomainError('BAD_REQUEST', `${path} must be at least 1`, { path });
  }
  requireUsablePlacement(body);
}
