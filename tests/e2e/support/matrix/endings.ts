import { createClient, type Client } from '../../../../helpers/client/client';
import { currentRunFacts } from '../../../../helpers/target/run-facts';
import { sendRawRequest } from '../raw-request';
import { createChangeableSet } from './changeable-set';
import { loggedInByToken, type TokenUser } from './granted-callers';
import { asGrant } from './grant-names';

/** A permission set that reads keys and executions. */
export interface ReaderSet {
  readonly id: number;
  readonly ref: string;
}

/** A user with the set: assigned to it, or to a role of it. */
export interface Reader extends TokenUser {
  readonly set: ReaderSet;
  /** Ids of the two assignments of its role; null: it has none. */
  readonly role: { readonly ofIdentity: number; readonly ofSet: number } | null;
}

/** What ends a right, or the identity that has it. */
export interface Ending {
  /** How the user has its set; by default it is assigned to it. */
  readonly by?: 'role';
  /** It has a password. */
  readonly hasPassword?: boolean;
  readonly end: (client: Client, user: Reader) => Promise<unknown>;
}

const PASSWORD = 'First-pass-1';

/** The last one changes the set of all. */
export const ENDINGS: Readonly<Record<string, Ending>> = {
  nothing: { end: () => Promise.resolve() },
  'its set is taken away': {
    end: async ({ permissions }, { id }) => permissions.unassign((await permissions.assignments(id))[0]!.id),
  },
  'its role is taken away': {
    by: 'role',
    end: ({ identities }, { role }) => identities.removeRole(role!.ofIdentity),
  },
  'its role loses the set': {
    by: 'role',
    end: ({ permissions }, { role }) => permissions.removeSetFromRole(role!.ofSet),
  },
  'its integration token is revoked': {
    end: ({ integrationTokens }, { id, integration }) => integrationTokens.revoke(id, integration.id),
  },
  'its integration token is removed': {
    end: ({ integrationTokens }, { id, integration }) => integrationTokens.remove(id, integration.id),
  },
  'its password is changed': {
    end: ({ identities }, { id }) => identities.update(id, { password: 'Other-pass-1' }),
  },
  'it has changed its password': {
    hasPassword: true,
    end: (_admin, { token }) => {
      const passwords = { current_password: PASSWORD, new_password: 'Other-pass-1' };
      return createClient({ baseUrl: currentRunFacts().url, token }).auth.changePassword(passwords);
    },
  },
  'it has logged out': {
    end: (_admin, { token }) => sendRawRequest(currentRunFacts(), { path: '/auth/logout', token }),
  },
  'it is frozen': { end: ({ identities }, { id }) => identities.freeze(id) },
  'it is removed': { end: ({ identities }, { id }) => identities.remove(id) },
  'its set loses the rights': {
    end: ({ permissions }, { set }) => permissions.updateSet(set.id, { grants: [] }),
  },
};

/** Creates the set in the tenant of this admin. */
export async function createReaderSet(client: Client, directory: string): Promise<ReaderSet> {
  const set = await createChangeableSet(client, directory);
  await set.grant(['keys:read', 'executions:read'].map((right) => asGrant(right, null)));
  return set;
}

/** A password ends the sessions before it: the user logs in again. */
async function withPassword(client: Client, url: string, user: TokenUser): Promise<TokenUser> {
  await client.identities.update(user.id, { password: PASSWORD });
  const { access_token, refresh_token } = await createClient({ baseUrl: url }).auth.tokenLogin({
    token: user.integration.token,
  });
  return { ...user, token: access_token, refresh: refresh_token };
}

/** Creates a user with the set, and logs in. */
export async function createReader(
  client: Client,
  url: string,
  set: ReaderSet,
  { by, hasPassword = false }: Ending,
): Promise<Reader> {
  if (by !== 'role') {
    const user = await loggedInByToken(client, url, set.ref);
    return { ...(hasPassword ? await withPassword(client, url, user) : user), set, role: null };
  }
  const user = await loggedInByToken(client, url);
  const name = `role-${user.id}`;
  const { id: ofSet } = await client.permissions.addSetToRole(set.id, name);
  const { id: ofIdentity } = await client.identities.addRole(user.id, name);
  return { ...user, set, role: { ofIdentity, ofSet } };
}
