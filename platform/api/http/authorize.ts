import type { FastifyContextConfig } from 'fastify';
import type { GrantName } from '../../../contract/permissions';
import { insufficientPermissions } from '../../auth/grants';
import { DEFAULT_TENANT } from '../../store/database/connection';
import { CUSTOM_AUTHORIZATION } from './custom-authorization';
import type { LoadedCall, RouteEntry, RouteRequirements, RouteSchema, TenantCall } from './route-requirements';

/** Loads what the request is for and checks what the route requires. NOT_FOUND, FORBIDDEN. */
export async function authorize<S extends RouteSchema, L>(
  requirements: RouteRequirements<S, L>,
  call: TenantCall<S>,
): Promise<L> {
  const { validate, load, check } = requirements;
  const grant = requirements.grant === 'custom' ? null : requirements.grant;
  await validate?.(call);
  if (grant !== null) await checkBeforeLoading(requirements, grant, call);
  const loaded = (await load?.(call)) as L;
  if (grant !== null) await checkLoaded(requirements, grant, { ...call, loaded });
  await check?.({ ...call, loaded });
  return loaded;
}

async function checkBeforeLoading<S extends RouteSchema, L>(
  { anyGrantFirst, grantFirst, defaultTenantOnly }: RouteRequirements<S, L>,
  grant: GrantName,
  { caller, rights }: TenantCall<S>,
): Promise<void> {
  const [resource, action] = splitGrant(grant);
  const isForbidden =
    (defaultTenantOnly && caller.tenant !== DEFAULT_TENANT) ||
    (anyGrantFirst && !(await rights()).hasAny(resource, action)) ||
    (grantFirst && !(await rights()).allows(resource, action));
  if (isForbidden) throw insufficientPermissions(resource, action);
}

async function checkLoaded<S extends RouteSchema, L>(
  { grantFirst, target, isExempt, hiddenAs, additionalGrants = [] }: RouteRequirements<S, L>,
  grant: GrantName,
  call: LoadedCall<S, L>,
): Promise<void> {
  if (!grantFirst && !isExempt?.(call)) {
    const [resource, action] = splitGrant(grant);
    const rights = await call.rights();
    const isAllowed = rights.allowsAll(resource, action) || rights.allows(resource, action, await target?.(call));
    if (!isAllowed) throw hiddenAs?.(call) ?? insufficientPermissions(resource, action);
  }
  for (const additional of additionalGrants) {
    const [resource, action] = splitGrant(additional.grant);
    const covered = await additional.target(call);
    const isAllowed = covered === null || (await call.rights()).allows(resource, action, covered);
    if (!isAllowed) throw insufficientPermissions(resource, action);
  }
}

/** `rules:update` as `['rules', 'update']`. */
export const splitGrant = (grant: GrantName): [resource: string, action: string] =>
  grant.split(':') as [string, string];

/**
 * What the OpenAPI document and the hooks read of a route. Throws for a custom route that is not
 * on the list.
 */
export function routeConfig<S extends RouteSchema, L>(entry: RouteEntry<S, L>): FastifyContextConfig {
  const { method, path, tokens, requestsWork, ignoresBody, isBodyOptional, allowsNul, tokenErrorEnvelope } = entry;
  return {
    ...declaredGrant(`${method} ${path}`, entry),
    isGrantEnforced: true,
    ...(tokens && { tokens }),
    ...(requestsWork !== undefined && { requestsWork }),
    ...(ignoresBody !== undefined && { ignoresBody }),
    ...(isBodyOptional !== undefined && { isBodyOptional }),
    ...(allowsNul !== undefined && { allowsNul }),
    ...(tokenErrorEnvelope && { tokenErrorEnvelope }),
  };
}

function declaredGrant<S extends RouteSchema, L>(
  name: string,
  { grant, hiddenAs, filtersRows }: RouteEntry<S, L>,
): Pick<FastifyContextConfig, 'grant' | 'withoutGrant' | 'isAuthorizedByHandler'> {
  if (grant !== 'custom') {
    return { grant, ...(hiddenAs && { withoutGrant: 404 }), ...(filtersRows && { withoutGrant: 'filtered' }) };
  }
  const custom = CUSTOM_AUTHORIZATION[name];
  if (!custom) throw new Error(`route ${name} authorizes by itself and is not on the list CUSTOM_AUTHORIZATION`);
  const { grant: declared, withoutGrant } = custom;
  return { grant: declared, withoutGrant, isAuthorizedByHandler: true };
}
