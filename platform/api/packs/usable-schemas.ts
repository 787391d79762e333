import type { JsonObject } from '../../../contract/json';
import { DomainError } from '../../base/domain-error';
import { unusablePart } from '../../core/schema/unusable-part';

/**
 * VALIDATION_ERROR for a schema that cannot be stored: beyond its limits, a forbidden name, or a
 * secret where the platform reads none. Keyed by the field of the schema.
 */
export function requireUsableSchemas(schemas: Readonly<Record<string, JsonObject | null | undefined>>): void {
  for (const [field, schema] of Object.entries(schemas)) {
    const part = schema && unusablePart(schema, { ofValue: field === 'item_schema' });
    if (!part) continue;
    const path = `${field}${part.path}`;
    throw new DomainError('VALIDATION_ERROR', `${path}: ${part.why}`, { reason: part.reason, path });
  }
}
