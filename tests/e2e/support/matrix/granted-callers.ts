import { createClient, type Client } from '../../../../helpers/client/client';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { randomName } from '../../../../helpers/scenario/names';
import type { RunFacts } from '../../../../helpers/target/run-facts';
import { forgeProgramToken, readTokenSecret, withExpiry } from '../forge-token';
import type { FixtureIds } from './fixtures';
import { ALL_GRANTS, asGrant } from './grant-names';

/** What the routes of one group need, and what opens them as well. */
export interface Needs {
  /** The grant of the route, then what the call needs besides; empty: none. */
  readonly grants: readonly string[];
  readonly openedBy: readonly string[];
  /** The grants may be limited to the pack of the fixtures. */
  readonly isOfPack: boolean;
}

const isGrant = (name: string): boolean => ALL_GRANTS.includes(name);

/** What the permission set of a caller contains for a group of routes. */
const SETS = {
  holder: ({ grants, isOfPack }: Needs, pack: string) =>
    grants.filter(isGrant).map((name) => asGrant(name, isOfPack ? pack : null)),
  partial: ({ grants, isOfPack }: Needs, pack: string) =>
    grants
      .slice(0, -1)
      .filter(isGrant)
      .map((name) => asGrant(name, isOfPack ? pack : null)),
  others: ({ grants: [grant = ''], openedBy }: Needs) => [
    ...ALL_GRANTS.filter((name) => name !== grant && !openedBy.includes(name)).map((name) => asGrant(name, null)),
    ...(isGrant(grant) ? [asGrant(grant, 'elsewhere')] : []),
  ],
} as const;
type SetName = keyof typeof SETS;
const SET_NAMES = Object.keys(SETS) as SetName[];

/** The token of each caller; null: none is sent. */
interface CallerTokens {
  readonly anonymous: null;
  /** Of the administrator. */
  readonly expired: string;
  /** A user without any grant. */
  readonly none: string;
  /** A user with what the route needs, for the pack of the fixtures where it belongs to it. */
  readonly holder: string;
  /** A user with what the route needs, but for the last grant of several. */
  readonly partial: string;
  /** A running action with the same set. */
  readonly holderProgram: string;
  /** The same with a set that is gone besides. */
  readonly goneProgram: string;
  /** A user with every other grant, and that of the route for another pack. */
  readonly others: string;
  readonly othersProgram: string;
  /** The administrator of another tenant. */
  readonly foreign: string;
}
export type CallerName = keyof CallerTokens;

export interface GrantedCallers {
  readonly tokens: CallerTokens;
  /** Gives each set what it contains for routes with these needs. */
  grant(needs: Needs): Promise<void>;
}

/** The tenant of the matrix, and the admin of another one. */
export interface CallersTenant {
  readonly fixtures: FixtureIds;
  readonly admin: { readonly id: number; readonly token: string };
  readonly foreign: string;
}

const LONG_AGO = 1_000_000_000;

/** A user that was logged in by an integration token. */
export interface TokenUser {
  readonly id: number;
  /** Its access token, the refresh token, and the integration token with its id. */
  readonly token: string;
  readonly refresh: string;
  readonly integration: { readonly id: number; readonly token: string };
}

/** Creates a user with these sets, and logs in without a password, which would take longer. */
export async function loggedInByToken(client: Client, url: string, ...sets: readonly string[]): Promise<TokenUser> {
  const { id } = await client.identities.create({ login: `${randomName(12)}@example.test` });
  const { token, integration_token } = await client.integrationTokens.create(id, { label: 'matrix' });
  const { access_token, refresh_token } = await createClient({ baseUrl: url }).auth.tokenLogin({ token });
  for (const set of sets) await client.permissions.assign({ identity_id: id, permission_set_ref: set });
  return { id, token: access_token, refresh: refresh_token, integration: { id: integration_token.id, token } };
}

/** Creates a caller of each kind in the tenant of the fixtures. */
export async function createGrantedCallers(
  facts: RunFacts,
  { fixtures, admin, foreign }: CallersTenant,
): Promise<GrantedCallers> {
  const { client, directory, runningExecution: execution } = fixtures;
  const { ref: pack } = await uploadFixture(client, 'e2e-rights', `s-${randomName(8)}`, directory);
  const stored = await client.permissions.sets();
  const idOf = (set: SetName) => stored.find(({ ref }) => ref === `${pack}.${set}`)!.id;
  const secret = await readTokenSecret(facts);
  const program = (...sets: string[]) =>
    forgeProgramToken(secret, {
      identity: admin.id,
      execution,
      permissionSets: sets.map((set) => `${pack}.${set}`),
    });
  const user = async (...sets: SetName[]) =>
    (await loggedInByToken(client, facts.url, ...sets.map((set) => `${pack}.${set}`))).token;
  return {
    tokens: {
      anonymous: null,
      expired: await withExpiry(secret, admin.token, LONG_AGO),
      none: await user(),
      holder: await user('holder'),
      partial: await user('partial'),
      holderProgram: await program('holder'),
      goneProgram: await program('holder', 'gone'),
      others: await user('others'),
      othersProgram: await program('others'),
      foreign,
    },
    grant: async (needs) => {
      const update = (set: SetName) =>
        client.permissions.updateSet(idOf(set), { grants: SETS[set](needs, fixtures.pack) });
      await Promise.all(SET_NAMES.map(update));
    },
  };
}
