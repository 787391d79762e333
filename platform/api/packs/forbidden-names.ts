import type { JsonObject } from '../../../contract/json';
import { forbiddenName } from '../../packs/read/yaml-fields';
import { DomainError } from '../../base/domain-error';

/**
 * VALIDATION_ERROR for a schema that declares a forbidden parameter name. Keyed by the field of
 * the schema.
 */
export function rejectForbiddenNames(schemas: Readonly<Record<string, JsonObject | null | undefined>>): void {
  for (const [field, schema] of Object.entries(schemas)) {
    const name = schema && forbiddenName(schema);
    if (!name) continue;
    const path = `${field}/${name}`;
    throw new DomainError('VALIDATION_ERROR', `${path}: a parameter may not have this name`, {
      reason: 'KEY_FORBIDDEN',
      path,
    });
  }
}
