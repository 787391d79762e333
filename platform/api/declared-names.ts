import type { JsonObject } from '../../contract/json';
import { forbiddenName } from '../packs/fields';
import { Refusal } from '../refusal';

/** Throws VALIDATION_ERROR for a schema that declares a name no object should have. Keyed by the field it came in. */
export function refuseForbiddenNames(schemas: Readonly<Record<string, JsonObject | null | undefined>>): void {
  for (const [field, schema] of Object.entries(schemas)) {
    const name = schema && forbiddenName(schema);
    if (!name) continue;
    const path = `${field}/${name}`;
    throw new Refusal('VALIDATION_ERROR', `${path}: a parameter may not have this name`, {
      reason: 'KEY_FORBIDDEN',
      path,
    });
  }
}
