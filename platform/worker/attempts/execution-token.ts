import { signToken } from '../../auth/tokens';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { WorkerContext } from '../worker-context';

/** A token stays valid this long after the limit, so that the last requests still succeed. */
const EXTRA_LIFETIME_SECONDS = 60;

/**
 * Signs the API token of an attempt; null where it has no permission sets. The token expires with
 * the execution.
 */
export async function signExecutionToken(
  { execution, tenant, actionRef, limit, credential }: Attempt,
  { tokenSecret }: WorkerContext,
): Promise<string | null> {
  if (credential === null || tokenSecret === null) return null;
  return signToken(tokenSecret, {
    identity: credential.identity,
    login: `execution:${execution}`,
    tenant,
    tokenType: 'execution',
    seconds: Math.ceil(limit.seconds) + EXTRA_LIFETIME_SECONDS,
    scope: 'execution',
    metadata: {
      execution_id: execution,
      action_ref: actionRef,
      permission_set_refs: [...credential.permissionSetRefs],
      standard_access_action_refs: [...credential.standardActionRefs],
      standard_access_pack_refs: [...credential.standardPackRefs],
    },
  });
}
