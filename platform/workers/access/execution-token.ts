import { signToken } from '../../auth/tokens';
import type { Attempt } from '../../store/lifecycle/attempt';

/** A token stays valid this long after the limit, so that the last requests still succeed. */
const EXTRA_LIFETIME_SECONDS = 60;

/** What the token of an attempt is made from. */
export type TokenBasis = Pick<Attempt, 'execution' | 'tenant' | 'attempt' | 'actionRef' | 'limit' | 'credential'>;

/**
 * Signs the API token of an attempt; null where it has no permission sets. The token expires with
 * the lease of the attempt.
 */
export async function signExecutionToken(
  tokenSecret: string,
  { execution, tenant, attempt, actionRef, limit, credential }: TokenBasis,
): Promise<string | null> {
  if (credential === null) return null;
  return signToken(tokenSecret, {
    identity: credential.identity,
    login: `execution:${execution}`,
    tenant,
    tokenType: 'execution',
    seconds: Math.ceil(limit.seconds) + EXTRA_LIFETIME_SECONDS,
    scope: 'execution',
    metadata: {
      execution_id: execution,
      attempt,
      action_ref: actionRef,
      permission_set_refs: [...credential.permissionSetRefs],
      authored_by_executor: credential.isAuthoredByExecutor,
      standard_access_action_refs: [...credential.standardActionRefs],
      standard_access_pack_refs: [...credential.standardPackRefs],
    },
  });
}
