import { Type } from '@sinclair/typebox';
import { AuthSettings, ChangePassword, CurrentUser, UpdateMe } from '../../contract/auth';
import { one } from '../../contract/envelopes';
import type { Transaction } from '../store/database';
import { findById, setDisplayName, setPassword } from '../store/identities';
import { passwordMatches } from '../store/passwords';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { effective } from './grants';
import { userOf } from './token-pairs';

const TAGS = ['auth'];
const ALL_KINDS = ['access', 'execution', 'worker', 'sensor'] as const;

export function authRoutes(api: Api, context: ApiContext): void {
  meRoutes(api, context);
  api.get(
    '/auth/settings',
    { config: { public: true }, schema: { tags: TAGS, response: { 200: one(AuthSettings) } } },
    (_request, reply) => void reply.send({ data: settingsOf(context.selfRegistration) }),
  );
}

function meRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags: TAGS, response: { 200: one(CurrentUser) } };

  api.get('/auth/me', { config: { tokenErrors: 'A', grant: null, tokens: ALL_KINDS }, schema }, ({ caller }) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: await currentUser(transaction, caller) })),
  );

  api.put(
    '/auth/me',
    { config: { grant: null, tokens: ['access'] }, schema: { ...schema, body: UpdateMe } },
    async ({ caller, body }) => {
      return db.inTenant(caller.tenant, async (transaction) => {
        if (typeof body.display_name === 'string') {
          await setDisplayName(transaction, caller.identity, body.display_name || null);
        }
        return { data: await currentUser(transaction, caller) };
      });
    },
  );

  api.post(
    '/auth/change-password',
    {
      config: { takesNul: true, grant: null, tokens: ['access'] },
      schema: { tags: TAGS, body: ChangePassword, response: { 200: one(Changed) } },
    },
    async ({ caller, body }) => {
      await db.inTenant(caller.tenant, (transaction) =>
        changePassword(transaction, caller.identity, body.current_password, body.new_password),
      );
      return { data: { success: true as const, message: 'Password changed' } };
    },
  );
}

const Changed = Type.Object({ success: Type.Literal(true), message: Type.String() });

async function changePassword(transaction: Transaction, id: number, current: string, next: string): Promise<void> {
  const identity = await findById(transaction, id);
  if (!identity) throw notFound('Identity');
  if (identity.password_hash === null) throw new Refusal('FORBIDDEN', 'This identity has no password here to change');
  if (!(await passwordMatches(identity.password_hash, current))) {
    throw new Refusal('UNAUTHORIZED', 'Current password is wrong');
  }
  await setPassword(transaction, id, next);
}

async function currentUser(transaction: Transaction, caller: Caller): Promise<CurrentUser> {
  const identity = await findById(transaction, caller.identity);
  if (!identity) throw notFound('Identity');
  const { permissions, setRefs } = await effective(transaction, caller);
  return {
    ...userOf(identity),
    auth_provider: 'local',
    is_local: true,
    can_change_password: identity.password_hash !== null,
    effective_permissions: permissions,
    assigned_permission_set_refs: setRefs,
  };
}

const settingsOf = (selfRegistration: boolean): AuthSettings => ({
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
