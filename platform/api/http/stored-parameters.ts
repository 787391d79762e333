import type { JsonObject } from '../../../contract/json';
import { disclosedParameters } from '../../core/rule-parameters/shown-parameters';
import { restoreSecrets } from '../../core/secrets/shown-document';
import { rejectPointers } from '../../base/domain-error';

type ParameterField = 'action_params' | 'trigger_params';

/** A change with the stored secrets in the place of the markers that the caller saw. */
export function withStoredParameters<T extends { readonly [field in ParameterField]?: JsonObject | undefined }>(
  change: T,
  stored: { readonly [field in ParameterField]?: JsonObject },
): T {
  const restored = (['action_params', 'trigger_params'] as const).flatMap((field) => {
    const given = change[field];
    return given === undefined ? [] : [[field, restoreSecrets(given, stored[field] ?? {}).document] as const];
  });
  return { ...change, ...Object.fromEntries(restored) };
}

/**
 * VALIDATION_ERROR where stored secrets would go to an action or trigger that does not declare
 * them secret, and would be shown from then on.
 */
export function rejectDisclosure(field: ParameterField, change: Parameters<typeof disclosedParameters>[0]): void {
  const message = `is a secret of the present ${field.split('_')[0]}, and none of the new one: give it again`;
  rejectPointers(field, disclosedParameters(change), message);
}
