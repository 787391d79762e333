import type { FastifyRequest } from 'fastify';
import { AuthSettings, ChangePassword, CurrentUser, UpdateMe } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import type { Transaction } from '../../store/database/connection';
import { findIdentityById, replacePassword, setDisplayName } from '../../store/identities/identities';
import { hashPassword, verifyPassword } from '../../store/identities/passwords';
import { DomainError, notFound, requireFound } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import { route, routeAfterCommit } from '../http/route';
import { SuccessMessage, successMessage } from '../http/success-message';
import type { Caller } from '../../auth/caller';
import { limitLoginAttempts } from '../../auth/login-rate-limit';
import { effectivePermissions } from '../../auth/grants';
import { userSummary } from '../../auth/issue-tokens';

const TAGS = ['auth'];

export function authRoutes(api: Api, context: ApiContext): void {
  currentUserRoutes(api, context);
  api.get(
    '/auth/settings',
    { config: { isPublic: true }, schema: { tags: TAGS, response: { 200: dataEnvelope(AuthSettings) } } },
    (_request, reply) => void reply.send({ data: authSettings(context.selfRegistration) }),
  );
}

function currentUserRoutes(api: Api, context: ApiContext): void {
  const schema = { tags: TAGS, response: { 200: dataEnvelope(CurrentUser) } };

  route(api, {
    method: 'GET',
    path: '/auth/me',
    grant: null,
    tokens: ['access', 'execution', 'worker', 'sensor'],
    tokenErrorEnvelope: 'A',
    schema,
    handle: async ({ transaction, caller }) => ({ data: await currentUser(transaction, caller) }),
  });

  route(api, {
    method: 'PUT',
    path: '/auth/me',
    grant: null,
    tokens: ['access'],
    schema: { ...schema, body: UpdateMe },
    handle: async ({ transaction, caller, body }) => {
      if (typeof body.display_name === 'string') {
        await setDisplayName(transaction, caller.identity, body.display_name || null);
      }
      return { data: await currentUser(transaction, caller) };
    },
  });

  routeAfterCommit(api, {
    method: 'POST',
    path: '/auth/change-password',
    grant: null,
    tokens: ['access'],
    allowsNul: true,
    schema: { tags: TAGS, body: ChangePassword, response: { 200: SuccessMessage } },
    respond: async ({ caller, body, request }) => {
      await changePassword(context, caller, request, body);
      return successMessage('Password changed');
    },
  });
}

/**
 * Attempts count as those of a log-in, and passwords are hashed outside of transactions: a hash
 * that waits for its turn holds no connection.
 */
async function changePassword(
  context: ApiContext,
  { identity: id, tenant }: Caller,
  request: FastifyRequest,
  { current_password, new_password }: ChangePassword,
): Promise<void> {
  const identity = await context.db.inTenant(tenant, (transaction) => findIdentityById(transaction, id));
  if (!identity) throw notFound('Identity');
  if (identity.password_hash === null)
    throw new DomainError('FORBIDDEN', 'This identity has no password here to change');
  const recordSuccess = await limitLoginAttempts(context, request, identity.login);
  if (!(await verifyPassword(identity.password_hash, current_password))) throw wrongPassword();
  await recordSuccess();
  const hash = await hashPassword(new_password);
  const isReplaced = await context.db.inTenant(tenant, (transaction) => replacePassword(transaction, identity, hash));
  if (!isReplaced) throw wrongPassword();
}

const wrongPassword = () => new DomainError('UNAUTHORIZED', 'Current password is wrong');

async function currentUser(transaction: Transaction, caller: Caller): Promise<CurrentUser> {
  const identity = requireFound(await findIdentityById(transaction, caller.identity), 'Identity');
  const { permissions, setRefs } = await effectivePermissions(transaction, caller);
  return {
    ...userSummary(identity),
    auth_provider: 'local',
    is_local: true,
    can_change_password: identity.password_hash !== null,
    effective_permissions: permissions,
    assigned_permission_set_refs: setRefs,
  };
}

const authSettings = (selfRegistration: boolean): AuthSettings => ({
  authentication_enabled: true,
  local_password_enabled: true,
  local_password_visible_by_default: true,
  oidc_enabled: false,
  oidc_visible_by_default: false,
  oidc_provider_name: null,
  oidc_provider_label: null,
  oidc_provider_icon_url: null,
  ldap_enabled: false,
  ldap_visible_by_default: false,
  ldap_provider_name: null,
  ldap_provider_label: null,
  ldap_provider_icon_url: null,
  self_registration_enabled: selfRegistration,
});
