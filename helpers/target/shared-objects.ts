import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client/client';
import { nullOn404 } from '../client/null-on-not-found';
import { mapConcurrently } from '../in-parallel';
import { LeftoverError } from './leftover-error';

/** What a platform shows of an object. */
type Row = Readonly<Record<string, unknown>>;
/** By kind and ref: `action core.echo`. */
type SharedObjects = ReadonlyMap<string, Row>;

/** Names of everything that runs of this suite create, also within a login. */
const RUN_NAME = /(?:^|[^a-z0-9-])e2e-[a-z0-9]{4}-/;
/** The platform creates the identities of its sensors. */
const SENSOR_LOGIN = 'sensor:';
/** Requests at a time. */
const WIDTH = 8;
/** What changes without a change of the object: with the time, or by a restored value. */
const MOVING: ReadonlySet<string> = new Set(['updated', 'next_fire_at', 'timer_state', 'timer_reason']);

/** The objects on a target that no run of this suite has made, whole. */
async function readSharedObjects(client: Client): Promise<SharedObjects> {
  const { permissions, identities } = client;
  const [whole, sets, keys, logins] = await Promise.all([
    readWhole(client),
    permissions.sets(),
    readKeys(client),
    identities.list(),
  ]);
  const named = (kind: string, name: string, row: Row): [string, Row][] =>
    isShared(name) ? [[`${kind} ${name}`, row]] : [];
  return new Map([
    ...whole,
    ...sets.flatMap((set) => named('permission set', set.ref, set)),
    ...keys,
    ...logins.flatMap((row) => named('identity', row.login, row)),
  ]);
}

/** The lists of these kinds have a part of each row. */
async function readWhole(client: Client): Promise<[string, Row][]> {
  const { packs, actions, triggers, rules, runtimes, workflows } = client;
  const kinds: Record<string, { list(): Promise<readonly { ref: string }[]>; get(ref: string): Promise<Row> }> = {
    pack: packs,
    action: actions,
    trigger: triggers,
    rule: rules,
    runtime: runtimes,
    workflow: workflows,
  };
  const lists = await mapConcurrently(Object.entries(kinds), WIDTH, async ([kind, { list, get }]) =>
    (await list()).filter(({ ref }) => isShared(ref)).map(({ ref }) => ({ kind, ref, get })),
  );
  const rows = await mapConcurrently(lists.flat(), WIDTH, async ({ kind, ref, get }): Promise<[string, Row][]> => {
    const row = await nullOn404(get(ref)); // others may remove one meanwhile
    return row ? [[`${kind} ${ref}`, row]] : [];
  });
  return rows.flat();
}

/** The values of others are not kept: a changed one is seen by its time. */
async function readKeys({ keys }: Client): Promise<[string, Row][]> {
  const shared = (await keys.list()).filter(({ ref }) => isShared(ref));
  return mapConcurrently(shared, WIDTH, async (key): Promise<[string, Row]> => {
    const now = await nullOn404(keys.get(key.ref));
    return [`key ${key.ref}`, { ...key, value: now?.updated }];
  });
}

const isShared = (name: string): boolean => !RUN_NAME.test(name) && !name.startsWith(SENSOR_LOGIN);

/**
 * A line for each object that differs, with the names of what differs, and no values: some are
 * secret. `countsNew`: objects that have been added differ too.
 */
function sharedDifferences(before: SharedObjects, after: SharedObjects, countsNew: boolean): string[] {
  const changes = [...before].flatMap(([name, row]) => {
    const now = after.get(name);
    if (!now) return [`${name}: removed`];
    const fields = changedFields(row, now);
    return fields.length === 0 ? [] : [`${name}: changed ${fields.join(', ')}`];
  });
  const added = [...after.keys()].filter((name) => countsNew && !before.has(name)).map((name) => `${name}: added`);
  return [...changes, ...added];
}

const changedFields = (before: Row, now: Row): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((field) => !MOVING.has(field) && !isDeepStrictEqual(before[field], now[field]))
    .sort();

/**
 * Returns a function that throws LeftoverError if the shared objects are no longer as they are
 * now. On a platform that ends with the run, what was added harms no one.
 */
export async function watchSharedObjects(client: Client, kind: 'started' | 'attached'): Promise<() => Promise<void>> {
  const before = await readSharedObjects(client);
  return async () => {
    const lines = sharedDifferences(before, await readSharedObjects(client), kind === 'attached');
    if (lines.length === 0) return;
    throw new LeftoverError(
      `objects of others differ from the start of the run; restore them:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  };
}
