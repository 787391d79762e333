import type { JsonObject } from '../../contract/json';
import { parameterFaults } from '../core/rule-parameters/check';
import { Refusal } from '../refusal';

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
