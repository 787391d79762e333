import type { JsonObject } from '../../../../contract/json';
import { logIn, type Client } from '../../../../helpers/client/client';
import { forgeToken, readTokenSecret } from '../forge-token';
import { randomName } from '../../../../helpers/scenario/names';
import type { RunFacts } from '../../../../helpers/target/run-facts';
import type { TokenKind, RouteRow } from './route-row';
import type { FixtureIds } from './fixtures';

/** A caller. */
export interface Principal {
  readonly name: string;
  /** Null: anonymous. */
  readonly token: string | null;
  readonly kind: TokenKind;
  /** `resource:action` of each grant; null: every grant. */
  readonly rights: ReadonlySet<string> | null;
}

const parseGrants = (table: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(
    Object.entries(table).flatMap(([resource, actions]) => actions.split(' ').map((one) => `${resource}:${one}`)),
  );

/** The built-in permission sets, as in the contract. */
const PERMISSION_SET_GRANTS: Readonly<Record<string, ReadonlySet<string>>> = {
  viewer: parseGrants({
    packs: 'read',
    actions: 'read',
    queues: 'read',
    rules: 'read',
    triggers: 'read',
    executions: 'read',
    keys: 'read',
    artifacts: 'read',
    runtimes: 'read',
    workers: 'read',
  }),
  executor: parseGrants({
    packs: 'read',
    actions: 'read execute',
    rules: 'read',
    triggers: 'read',
    executions: 'read',
    keys: 'read',
    artifacts: 'read',
    runtimes: 'read',
    workers: 'read',
  }),
  editor: parseGrants({
    packs: 'read create install configure',
    actions: 'read create update execute',
    queues: 'read create update delete',
    rules: 'read create update',
    triggers: 'read',
    executions: 'read cancel',
    keys: 'read update decrypt',
    artifacts: 'read',
    runtimes: 'read create update',
    workers: 'read',
  }),
  admin: parseGrants({
    packs: 'read create install configure delete',
    actions: 'read create update delete execute',
    queues: 'read create update delete',
    rules: 'read create update delete',
    triggers: 'read create update delete',
    executions: 'read update cancel',
    events: 'read',
    enforcements: 'read',
    inquiries: 'read create update delete respond',
    keys: 'read create update delete decrypt',
    artifacts: 'read create update delete',
    runtimes: 'read create update delete',
    workers: 'read manage',
    retention: 'read update',
    identities: 'read create update delete',
    permissions: 'read create update delete manage',
    audit_log: 'read',
    clock: 'move',
  }),
};

const PASSWORD = 'Matrix-pass-1';

/** Creates a user of a tenant with one built-in set, or none. */
async function createUser(baseUrl: string, admin: Client, set: string | null): Promise<{ id: number; token: string }> {
  const login = `${randomName(12)}@example.test`;
  const { id } = await admin.identities.create({ login, password: PASSWORD });
  if (set !== null) await admin.permissions.assign({ identity_id: id, permission_set_ref: `core.${set}` });
  return { id, token: (await logIn({ baseUrl }, login, PASSWORD)).token };
}

/** One caller of every kind; the last is the admin of the other tenant. */
export async function createPrincipals(
  facts: RunFacts,
  fixtures: FixtureIds,
  admin: { id: number; token: string },
  foreignToken: string,
): Promise<Principal[]> {
  const { url } = facts;
  const secret = await readTokenSecret(facts);
  const people = await Promise.all(
    [null, 'viewer', 'executor', 'editor'].map((set) => createUser(url, fixtures.client, set)),
  );
  const [none, viewer, executor, editor] = people;
  const forge = (type: TokenKind, login: string, metadata: JsonObject = {}) =>
    forgeToken(secret, { identity: type === 'execution' ? editor!.id : admin.id, login, type, metadata });
  const access = (name: string, token: string): Principal => ({
    name,
    token,
    kind: 'access',
    rights: PERMISSION_SET_GRANTS[name] ?? new Set(),
  });
  const executionClaims = {
    execution_id: fixtures.runningExecution,
    action_ref: 'core.sleep',
    permission_set_refs: ['core.editor'],
  };
  return [
    { name: 'anonymous', token: null, kind: 'access', rights: new Set() },
    access('no-grants', none!.token),
    access('viewer', viewer!.token),
    access('executor', executor!.token),
    access('editor', editor!.token),
    access('admin', admin.token),
    {
      name: 'execution',
      kind: 'execution',
      rights: PERMISSION_SET_GRANTS.editor!,
      token: await forge('execution', `execution:${fixtures.runningExecution}`, executionClaims),
    },
    {
      name: 'sensor',
      kind: 'sensor',
      rights: null,
      token: await forge('sensor', fixtures.sensor, { trigger_types: [fixtures.trigger] }),
    },
    { name: 'worker', kind: 'worker', rights: null, token: await forge('worker', 'worker') },
    { name: OTHER_TENANT_ADMIN, kind: 'access', rights: PERMISSION_SET_GRANTS.admin!, token: foreignToken },
  ];
}

export const OTHER_TENANT_ADMIN = 'admin of another tenant';
const DEFAULT_KINDS: readonly TokenKind[] = ['access', 'execution'];

/** The status that the policy requires for a call of this row. */
export function expectedStatus(row: RouteRow, { name, token, kind, rights }: Principal): number {
  if (row.grant === 'public') return row.okStatus;
  if (token === null || row.takesOwnSecret) return 401;
  if (!(row.kinds ?? DEFAULT_KINDS).includes(kind)) return 403;
  const hasGrant = (grant: string | null | undefined) => rights === null || !grant || rights.has(grant);
  if (!hasGrant(row.grant) && name === OTHER_TENANT_ADMIN) return 403;
  if (name === OTHER_TENANT_ADMIN && row.path !== undefined) return row.crossTenantStatus ?? 404;
  const kindStatus = row.statusByKind?.[kind];
  if (kindStatus !== undefined) return kindStatus;
  if (!hasGrant(row.visibilityGrant)) return 404;
  if ([row.grant, ...(row.alsoNeeds ?? [])].every(hasGrant) || row.withoutGrant === 'filtered') return row.okStatus;
  return row.withoutGrant ?? 403;
}
