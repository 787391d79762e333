import { isInstant } from '../../core/inquiry/dates';
import { DomainError } from '../../base/domain-error';

/** VALIDATION_ERROR for a field of a body that is no instant in RFC 3339. */
export function requireInstantField(field: string, value: string): void {
  if (!isInstant(value))
    throw new DomainError('VALIDATION_ERROR', `${field} must be a moment in RFC 3339, as in 2026-01-27T10:00:00Z`, {
      path: field,
    });
}

/** BAD_REQUEST for a query parameter of these names that is no instant in RFC 3339. */
export function requireInstants<Name extends string>(
  query: { readonly [K in Name]?: string },
  names: readonly Name[],
): void {
  for (const name of names) {
    const value = query[name];
    if (value !== undefined && !isInstant(value))
      throw new DomainError('BAD_REQUEST', `${name} must be an instant in RFC 3339`, { path: name });
  }
}
