import { ENTITY_TYPES, NOTIFICATION_TYPES } from '../../../../contract/notifications';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import type { Context } from '../../../../helpers/scenario/claim';
import { forgeProgramToken, readTokenSecret } from '../forge-token';
import { loggedInByToken } from '../matrix/granted-callers';
import { asGrant } from '../matrix/grant-names';
import { entityTypeOf, type Announced } from './payloads';

/** Each filter of the contract that names no single entity, with what it selects. */
export const FILTERS: Readonly<Record<string, (announced: Announced) => boolean>> = {
  all: () => true,
  ...Object.fromEntries(
    ENTITY_TYPES.map((name) => [`entity_type:${name}`, ({ type }: Announced) => entityTypeOf(type) === name]),
  ),
  ...Object.fromEntries(
    NOTIFICATION_TYPES.map((name) => [`notification_type:${name}`, ({ type }: Announced) => type === name]),
  ),
};

/** The grant that opens the notifications of an entity type; null: every caller receives them. */
export const GRANT_OF: Readonly<Record<(typeof ENTITY_TYPES)[number], string | null>> = {
  execution: 'executions:read',
  event: null,
  enforcement: 'enforcements:read',
  inquiry: 'inquiries:read',
  artifact: 'artifacts:read',
  work_queue: 'queues:read',
  work_queue_item: 'queues:read',
  rule: null,
};

/** One user for each grant, with that grant alone. */
export const READERS: Readonly<Record<string, string>> = {
  holder: 'executions:read',
  others: 'enforcements:read',
  one: 'inquiries:read',
  two: 'artifacts:read',
  three: 'queues:read',
};

/** The token of a program of the administrator that may read its own execution alone. */
async function programToken({ client, facts }: Context, set: string): Promise<string> {
  const { id: identity } = await client.auth.me();
  return forgeProgramToken(await readTokenSecret(facts), { identity, permissionSets: [set] });
}

/**
 * Tokens of the users by what they may read: each grant alone, none, all of them limited to
 * another pack, and queues and enforcements of the own pack; and of a program. `none` is the id
 * of the one without any.
 */
export async function createReaders(ctx: Context) {
  const { client, facts } = ctx;
  const { ref: pack } = await uploadFixture(client, 'e2e-rights', ctx.name('sets'), `${facts.directory}/fixtures`);
  ctx.defer(() => client.packs.remove(pack));
  const stored = await client.permissions.sets();
  const idOf = (set: string) => stored.find(({ ref }) => ref === `${pack}.${set}`)!.id;
  const fill = (set: string, rights: readonly string[], pack_ref: string | null) =>
    client.permissions.updateSet(idOf(set), { grants: rights.map((right) => asGrant(right, pack_ref)) });
  for (const [set, right] of Object.entries(READERS)) await fill(set, [right], null);
  await fill('four', Object.values(READERS), 'elsewhere');
  await fill('five', ['queues:read', 'enforcements:read'], await ctx.ownPack());
  const ofItself = { ...asGrant('executions:read', null), constraints: { execution_scope: 'self' } };
  await client.permissions.updateSet(idOf('six'), { grants: [ofItself] });
  const tokens: Record<string, string> = {};
  const reader = (...sets: string[]) => loggedInByToken(client, facts.url, ...sets.map((set) => `${pack}.${set}`));
  for (const [set, right] of Object.entries(READERS)) tokens[right] = (await reader(set)).token;
  tokens.elsewhere = (await reader('four')).token;
  tokens.own = (await reader('five')).token;
  const none = await reader();
  const program = await programToken(ctx, `${pack}.six`);
  return { tokens: { ...tokens, none: none.token, program }, none: none.id };
}

/** Entities that are read by a right of their own. */
export interface Limited {
  /** An inquiry of the user without a grant. */
  readonly assigned: string;
  /** A queue of the own pack, and its items; the enforcement of its rule. */
  readonly ofPack: readonly string[];
}

/** Whether a user with this grant, or none, receives it. */
export function mayReceive(
  right: string,
  { type, entity, payload }: Announced,
  { assigned, ofPack }: Limited,
): boolean {
  const name = entityTypeOf(type) as keyof typeof GRANT_OF;
  const needed = GRANT_OF[name];
  if (needed === null) return true;
  if (name === 'inquiry' && (entity !== assigned || right === 'none')) return true;
  // A public artifact takes any grant to read artifacts, a private one belongs to who made it.
  if (name === 'artifact') return payload.visibility === 'public' && (right === needed || right === 'elsewhere');
  return needed === right || (right === 'own' && ofPack.includes(entity));
}
