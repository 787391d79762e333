import type { Client } from '../../../../helpers/client/client';
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
  readonly end: (client: Client, user: Reader) => Promise<unknown>;
}

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
  'its password is changed': {
    end: ({ identities }, { id }) => identities.update(id, { password: 'Other-pass-1' }),
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

/** Creates a user with the set, and logs in. */
export async function createReader(client: Client, url: string, set: ReaderSet, { by }: Ending): Promise<Reader> {
  if (by !== 'role') return { ...(await loggedInByToken(client, url, set.ref)), set, role: null };
  const user = await loggedInByToken(client, url);
  const name = `role-${user.id}`;
  const { id: ofSet } = await client.permissions.addSetToRole(set.id, name);
  const { id: ofIdentity } = await client.identities.addRole(user.id, name);
  return { ...user, set, role: { ofIdentity, ofSet } };
}
