import { DomainError } from '../../base/domain-error';
import { placementFault, type PlacementFields } from '../../core/worker/placement';

/** BAD_REQUEST for fields of a placement that have the right type and no usable value. */
export function requireUsablePlacement(fields: PlacementFields): void {
  const fault = placementFault(fields);
  if (fault === null) return;
  const { path, expectation } = fault;
  throw new DomainError('BAD_REQUEST', `${path} ${expectation}`, { path });
}
