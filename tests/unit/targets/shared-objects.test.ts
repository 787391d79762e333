import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { watchSharedObjects } from '../../../helpers/target/shared-objects';

type Row = Record<string, unknown>;
const KINDS = ['packs', 'actions', 'triggers', 'rules', 'runtimes', 'workflows', 'keys'] as const;
type Rows = Record<(typeof KINDS)[number] | 'sets' | 'identities', Row[]>;

const object = (ref: string): Row => ({ ref, label: 'L', updated: '2026-01-01T00:00:00Z' });

/** A target with one object of each kind, `others.NAME`, and one of the run. */
function sharedTarget(onList: () => Promise<unknown> = () => Promise.resolve()) {
  const rows = Object.fromEntries(
    [...KINDS, 'sets'].map((kind) => [kind, [object(`others.${kind}`), object(`e2e-7q2x-t2-01-a.${kind}`)]]),
  ) as Rows;
  rows.identities = [{ login: 'ann', display_name: null }, { login: 'e2e-7q2x-t3-10-a-person@example.test' }];
  const gone = () =>
    new ApiError({ method: 'GET', path: '/x', status: 404, code: 'NOT_FOUND', message: 'gone', body: '' });
  const resource = (kind: keyof Rows) => ({
    list: async () => {
      await onList();
      return rows[kind].map((row) => structuredClone(row));
    },
    get: (ref: string) => {
      const row = rows[kind].find((found) => found.ref === ref);
      return row ? Promise.resolve(structuredClone(row)) : Promise.reject(gone());
    },
  });
  const resources = ([...KINDS, 'identities'] as const).map((kind) => [kind, resource(kind)] as const);
  const client: unknown = { ...Object.fromEntries(resources), permissions: { sets: resource('sets').list } };
  return { rows, client: client as Client };
}

const CHANGES: readonly [string, (rows: Rows) => void, string[]][] = [
  ['a renamed pack', ({ packs }) => void (packs[0]!.label = 'changed'), ['pack others.packs: changed label']],
  ['a removed action', ({ actions }) => void actions.shift(), ['action others.actions: removed']],
  [
    'a disabled trigger',
    ({ triggers }) => void (triggers[0]!.enabled = false),
    ['trigger others.triggers: changed enabled'],
  ],
  ['a rule of its own', ({ rules }) => void rules.push(object('others.more')), ['rule others.more: added']],
  ['an emptied set', ({ sets }) => void (sets[0]!.grants = []), ['permission set others.sets: changed grants']],
  ['a changed runtime', ({ runtimes }) => void (runtimes[0]!.name = 'x'), ['runtime others.runtimes: changed name']],
  ['a removed workflow', ({ workflows }) => void workflows.shift(), ['workflow others.workflows: removed']],
  ['a written key', ({ keys }) => void (keys[0]!.updated = '2026-01-02T00:00:00Z'), ['key others.keys: changed value']],
  [
    'a renamed user',
    ({ identities }) => void (identities[0]!.display_name = 'A'),
    ['identity ann: changed display_name'],
  ],
  ['what was restored', ({ packs }) => void (packs[0]!.updated = '2026-01-02T00:00:00Z'), []],
  ['an object of the run', ({ packs }) => void (packs[1]!.label = 'changed'), []],
  ['one of another run', ({ keys }) => void keys.push(object('e2e-8888-t2-03-a-key')), []],
  ['the identity of a sensor', ({ identities }) => void identities.push({ login: 'sensor:core.timer_sensor' }), []],
];

test.each(CHANGES)('the objects of others are compared: %s', async (_what, change, lines) => {
  const { rows, client } = sharedTarget();
  const confirm = await watchSharedObjects(client, 'attached');

  change(rows);

  if (lines.length === 0) return expect(confirm()).resolves.toBeUndefined();
  const message = ['objects of others differ from the start of the run; restore them:', ...lines].join('\n  ');
  await expect(confirm()).rejects.toMatchObject({ name: 'LeftoverError', message });
});

test('no value of an object of others is printed', async () => {
  const { rows, client } = sharedTarget();
  rows.packs[0]!.config = { password: 'open-sesame' };
  const confirm = await watchSharedObjects(client, 'attached');

  rows.packs[0]!.config = { password: 'other-sesame' };

  await expect(confirm()).rejects.toThrow(/^(?!.*sesame)[^]*pack others.packs: changed config$/);
});

test('what is added to a platform that ends with the run is not reported', async () => {
  const { rows, client } = sharedTarget();
  const confirm = await watchSharedObjects(client, 'started');

  rows.rules.push(object('others.more'));

  await expect(confirm()).resolves.toBeUndefined();
});

test('the objects of all kinds are listed at the same time', async () => {
  let open = 0;
  const counts: number[] = [];
  const { client } = sharedTarget(async () => {
    counts.push(++open);
    await nextTurn();
    open -= 1;
  });

  await watchSharedObjects(client, 'started');

  expect(Math.max(...counts)).toBe(KINDS.length + 2);
});
