import type { JsonObject } from '../../../contract/json';
import { signToken } from '../../../platform/auth/tokens';
import { SECRET } from './with-api';

const SECONDS = 600;

/** An access token of an identity, of the first tenant unless another is named. */
export const tokenOfIdentity = ({ identity, tenant = 1 }: { readonly identity: number; readonly tenant?: number }) =>
  signToken(SECRET, { identity, tenant, login: 'test', tokenType: 'access', seconds: SECONDS });

/** The token of a running action with these sets, by default of the first administrator. */
export const tokenOfExecution = (
  execution: number,
  permission_set_refs: readonly string[],
  { identity = 1, ...more }: JsonObject & { readonly identity?: number } = {},
) =>
  signToken(SECRET, {
    identity,
    tenant: 1,
    login: `execution:${execution}`,
    tokenType: 'execution',
    seconds: SECONDS,
    scope: 'execution',
    metadata: { execution_id: execution, permission_set_refs: [...permission_set_refs], ...more },
  });
