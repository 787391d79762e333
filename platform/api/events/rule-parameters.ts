import type { JsonObject } from '../../../contract/json';
import { parameterErrors } from '../../core/rule-parameters/validate-parameters';
import { templateTaint } from '../../core/rule-parameters/template-taint';
import { undeclaredSecretPaths, undeclaredSecretsError } from '../../core/secrets/schema-taint';
import { loadReferencedKeys, secretSourceTaint } from '../../executor/events/rule-sources';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { findActionToExecute } from '../../store/executions/executions';
import { rejectParameters } from '../http/reject-parameters';

/**
 * VALIDATION_ERROR for parameters that the schema of the action or trigger does not accept. A
 * template is valid for any type; required parameters must be present.
 */
export function validateRuleParameters(
  kind: 'action' | 'trigger',
  { ref, param_schema: schema }: { readonly ref: string; readonly param_schema: JsonObject | null },
  parameters: JsonObject,
): void {
  if (schema === null) return;
  rejectParameters(`${kind} '${ref}'`, parameterErrors(schema, parameters, `${kind}_params`));
}

interface SecretSchemas {
  readonly pack: { readonly ref: string; readonly conf_schema: JsonObject };
  /** Of the trigger's events. */
  readonly payloadSchema: JsonObject | null;
}

/**
 * VALIDATION_ERROR where a secret would be assigned to a parameter that is not declared secret.
 */
export async function rejectUndeclaredSecrets(
  transaction: Transaction,
  actionRef: string,
  parameters: JsonObject,
  { pack, payloadSchema }: SecretSchemas,
): Promise<void> {
  const sources = secretSourceTaint(transaction, {
    keys: await loadReferencedKeys(transaction, pack.ref, parameters),
    packConfigSchema: pack.conf_schema,
    payloadSchema,
  });
  const secrets = templateTaint(parameters, sources);
  const schema = (await findActionToExecute(transaction, actionRef))?.paramSchema ?? null;
  const paths = undeclaredSecretPaths(schema, secrets);
  if (paths.length === 0) return;
  const message = 'takes a secret and is not declared `secret`';
  const fields = paths.map((path) => ({ path: `action_params/${path.replaceAll('.', '/')}`, message }));
  throw new DomainError('VALIDATION_ERROR', undeclaredSecretsError(paths).error, { fields });
}
