import type { JsonObject } from '../../contract/json';
import { logIn, type Client } from '../client/client';
import { mint, tokenSecretOf } from '../mint';
import { randomName } from '../names';
import type { RunFacts } from '../run';
import type { Kind, Row } from './routes';
import type { World } from './world';

/** Who calls. */
export interface Principal {
  readonly name: string;
  /** Null: nobody. */
  readonly token: string | null;
  readonly kind: Kind;
  /** `resource:action` of each right; null: passes every check of a grant. */
  readonly rights: ReadonlySet<string> | null;
}

const granted = (table: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(
    Object.entries(table).flatMap(([resource, actions]) => actions.split(' ').map((one) => `${resource}:${one}`)),
  );

/** The shipped sets, as the contract has them. */
const SETS: Readonly<Record<string, ReadonlySet<string>>> = {
  viewer: granted({
    ...{ packs: 'read', actions: 'read', queues: 'read', rules: 'read', triggers: 'read', executions: 'read' },
    ...{ keys: 'read', artifacts: 'read', runtimes: 'read', workers: 'read' },
  }),
  executor: granted({
    ...{ packs: 'read', actions: 'read execute', rules: 'read', triggers: 'read', executions: 'read' },
    ...{ keys: 'read', artifacts: 'read', runtimes: 'read', workers: 'read' },
  }),
  editor: granted({
    ...{ packs: 'read create install configure', actions: 'read create update execute' },
    ...{ queues: 'read create update delete', rules: 'read create update', triggers: 'read' },
    ...{ executions: 'read cancel', keys: 'read update decrypt', artifacts: 'read' },
    ...{ runtimes: 'read create update', workers: 'read' },
  }),
  admin: granted({
    ...{ packs: 'read create install configure delete', actions: 'read create update delete execute' },
    ...{ queues: 'read create update delete', rules: 'read create update delete' },
    ...{
      triggers: 'read create update delete',
      executions: 'read update cancel',
      events: 'read',
      enforcements: 'read',
    },
    ...{ inquiries: 'read create update delete respond', keys: 'read create update delete decrypt' },
    ...{ artifacts: 'read create update delete', runtimes: 'read create update delete', workers: 'read manage' },
    ...{ retention: 'read update', identities: 'read create update delete' },
    ...{ permissions: 'read create update delete manage', audit_log: 'read' },
  }),
};

const PASSWORD = 'Matrix-pass-1';

/** Somebody of a tenant with one shipped set, or none. */
async function person(baseUrl: string, admin: Client, set: string | null): Promise<{ id: number; token: string }> {
  const login = `${randomName(12)}@example.test`;
  const { id } = await admin.identities.create({ login, password: PASSWORD });
  if (set !== null) await admin.permissions.assign({ identity_id: id, permission_set_ref: `core.${set}` });
  return { id, token: (await logIn({ baseUrl }, login, PASSWORD)).token };
}

/** One of every kind that may call; the last is the admin of the other tenant. */
export async function principalsOf(
  facts: RunFacts,
  world: World,
  admin: { id: number; token: string },
  foreignToken: string,
): Promise<Principal[]> {
  const { url } = facts;
  const secret = await tokenSecretOf(facts);
  const people = await Promise.all([null, 'viewer', 'executor', 'editor'].map((set) => person(url, world.client, set)));
  const [none, viewer, executor, editor] = people;
  const minted = (type: Kind, login: string, metadata: JsonObject = {}) =>
    mint(secret, { identity: type === 'execution' ? editor!.id : admin.id, login, type, metadata });
  const access = (name: string, token: string): Principal => ({
    ...{ name, token, kind: 'access' },
    rights: SETS[name] ?? new Set(),
  });
  const running = { execution_id: world.busy, action_ref: 'core.sleep', permission_set_refs: ['core.editor'] };
  return [
    { name: 'anonymous', token: null, kind: 'access', rights: new Set() },
    access('nobody', none!.token),
    access('viewer', viewer!.token),
    access('executor', executor!.token),
    access('editor', editor!.token),
    access('admin', admin.token),
    {
      ...{ name: 'execution', kind: 'execution', rights: SETS.editor! },
      token: await minted('execution', `execution:${world.busy}`, running),
    },
    {
      ...{ name: 'sensor', kind: 'sensor', rights: null },
      token: await minted('sensor', world.sensor, { trigger_types: [world.trigger] }),
    },
    { name: 'worker', kind: 'worker', rights: null, token: await minted('worker', 'worker') },
    { name: FOREIGN, kind: 'access', rights: SETS.admin!, token: foreignToken },
  ];
}

export const FOREIGN = 'admin of another tenant';
const KINDS: readonly Kind[] = ['access', 'execution', 'worker'];

/** What the policy says that a call of this row answers. */
export function expected(row: Row, { name, token, kind, rights }: Principal): number {
  if (row.grant === 'public') return row.ok;
  if (token === null) return 401;
  if (!(row.kinds ?? KINDS).includes(kind)) return 403;
  const has = (grant: string | null | undefined) => rights === null || !grant || rights.has(grant);
  if (!has(row.grant) && name === FOREIGN) return 403;
  if (name === FOREIGN && row.path !== undefined) return row.foreign ?? 404;
  const told = row.by?.[kind];
  if (told !== undefined) return told;
  if (!has(row.sees)) return 404;
  if (has(row.grant) || row.lack === 'filtered') return row.ok;
  return row.lack ?? 403;
}
