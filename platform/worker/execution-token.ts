import { signToken } from '../api/tokens';
import type { Attempt } from './attempt';
import type { Surroundings } from './surroundings';

/** A token outlives its process by this, seconds: what the process asked for at its end is still answered. */
const BEYOND_THE_LIMIT = 60;

/** The token that an attempt speaks to the API with; null where it was given no permission sets. It ends with the execution. */
export async function executionToken(
  { execution, tenant, actionRef, limit, credential }: Attempt,
  { tokenSecret }: Surroundings,
): Promise<string | null> {
  if (credential === null || tokenSecret === null) return null;
  return signToken(tokenSecret, {
    identity: credential.identity,
    login: `execution:${execution}`,
    tenant,
    tokenType: 'execution',
    seconds: Math.ceil(limit.seconds) + BEYOND_THE_LIMIT,
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
