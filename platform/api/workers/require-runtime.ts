import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { resolveRuntime, type ResolvedRuntime, type RuntimeRequest } from '../../core/worker/resolve-runtime';
import { DomainError } from '../../base/domain-error';

/**
 * The runtime of a managed worker. Throws RUNTIME_REQUIRED, RUNTIME_UNSUPPORTED,
 * RUNTIME_IS_TEMPLATE, TEMPLATE_UNKNOWN, TEMPLATE_RUNTIME_CONFLICT.
 */
export function requireRuntime(request: RuntimeRequest): ResolvedRuntime {
  const found = resolveRuntime(request, RUNTIME_MANIFEST);
  if (found.is === 'refused') throw new DomainError(found.code, found.message, found.details);
  const { runtime, version, template } = found;
  return { runtime, version, template };
}
