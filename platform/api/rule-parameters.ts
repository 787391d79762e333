import type { JsonObject } from '../../contract/json';
import { parameterFaults } from '../core/rule-parameters/check';
import { secretsIn } from '../core/rule-parameters/resolve';
import { undeclaredPaths } from '../core/workflow/secrets';
import { keysNamedBy, secretSources } from '../executor/rule-sources';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import { findAction } from '../store/executions';

/**
 * Throws VALIDATION_ERROR for parameters that are not as an action's or trigger's schema says. A template passes for any
 * type; a required parameter must be there.
 */
export function refuseParameters(
  kind: 'action' | 'trigger',
  { ref, param_schema: schema }: { readonly ref: string; readonly param_schema: JsonObject | null },
  parameters: JsonObject,
): void {
  if (schema === null) return;
  const fields = parameterFaults(schema, parameters, `${kind}_params`);
  if (fields.length === 0) return;
  const text = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Refusal('VALIDATION_ERROR', `Invalid parameters for ${kind} '${ref}': ${text}`, { fields });
}

interface RulePack {
  readonly ref: string;
  readonly conf_schema: JsonObject;
}

/** Throws VALIDATION_ERROR where a secret, as things stand, would go to a parameter that is not declared to take one. */
export async function refuseSecrets(
  transaction: Transaction,
  actionRef: string,
  parameters: JsonObject,
  { ref, conf_schema }: RulePack,
): Promise<void> {
  const secrets = secretsIn(parameters, secretSources(await keysNamedBy(transaction, ref, parameters), conf_schema));
  const schema = (await findAction(transaction, actionRef))?.paramSchema ?? null;
  const paths = undeclaredPaths(schema, secrets);
  if (paths.length === 0) return;
  const message = 'takes a secret and is not declared `secret`';
  const text = `Secret value cannot be assigned to non-secret parameter path(s): ${paths.join(', ')}`;
  const fields = paths.map((path) => ({ path: `action_params/${path.replaceAll('.', '/')}`, message }));
  throw new Refusal('VALIDATION_ERROR', text, { fields });
}
