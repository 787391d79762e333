// Spec: every route answers every kind of caller as the policy says, and what is of another tenant as what was never there.
import { dirSync } from 'tmp';
import { createClient, logIn, type Client } from '../../../helpers/client/client';
import { openLive } from '../../../helpers/client/live';
import { operationsOf, type Operation } from '../../../helpers/matrix/document';
import { expected, FOREIGN, principalsOf, type Principal } from '../../../helpers/matrix/roles';
import { namedFor, pathOf, ROWS } from '../../../helpers/matrix/routes';
import { byBody, byFilter, byPath, unfiltered, unnamed, type Pair } from '../../../helpers/matrix/foreign';
import { pooled, send, type Answer } from '../../../helpers/matrix/send';
import { furnish, type World } from '../../../helpers/matrix/world';
import { mint, tokenSecretOf } from '../../../helpers/mint';
import { toBeTold } from '../../../helpers/live';
import { liveUrl } from '../../../helpers/live-address';
import { until } from '../../../helpers/polling';
import { randomName } from '../../../helpers/names';
import { currentRun } from '../../../helpers/run';
import { openStore } from '../../../helpers/sql';

const facts = currentRun();
const platform = createClient({ baseUrl: facts.url, token: facts.token });
/** Requests under way at once. */
const WIDTH = 12;

interface Side {
  readonly slug: string;
  readonly token: string;
  readonly admin: number;
  readonly client: Client;
  readonly world: World;
}

let operations: Operation[];
/** Those with a row: the first test names the others. */
let rowed: Operation[];
let ours: Side;
let theirs: Side;
let principals: Principal[];
/** A worker's token of the other tenant, for what opens to no person. */
let foreignWorker: string;

async function open(directory: string): Promise<Side> {
  const slug = `e2e-matrix-${randomName(8)}`;
  const admin = { login: `${slug}@example.test`, password: 'Matrix-pass-1' };
  const made = await platform.tenants.create({ slug, name: 'matrix', admin });
  const { client, token } = await logIn({ baseUrl: facts.url }, admin.login, admin.password);
  return { slug, token, client, admin: made.admin.id, world: await furnish(client, directory) };
}

const scratch = dirSync({ tmpdir: facts.directory, prefix: 'matrix', unsafeCleanup: true });

beforeAll(async () => {
  operations = await operationsOf(facts.url);
  rowed = operations.filter(({ route }) => Object.hasOwn(ROWS, route));
  [ours, theirs] = await Promise.all([open(scratch.name), open(scratch.name)]);
  const worker = { identity: theirs.admin, login: 'worker', type: 'worker' } as const;
  foreignWorker = await mint(await tokenSecretOf(facts), worker);
  principals = await principalsOf(facts, ours.world, { id: ours.admin, token: ours.token }, theirs.token);
}, 60_000);

afterAll(async () => {
  scratch.removeCallback();
  for (const { slug } of [ours, theirs]) {
    await platform.tenants.update(slug, { frozen: true });
    await platform.tenants.remove(slug);
  }
}, 60_000);

/** A row may come before its route is served. */
test('AZ-01 every route has its row, and says of itself what the row says', () => {
  const told = operations.map(({ route, isPublic, grant, lack, kinds }) => {
    if (isPublic) return { route, grant: 'public' };
    return { route, grant, lack: grant === null ? null : lack, kinds: [...kinds].sort() };
  });
  const rows = operations.map(({ route }) => {
    const row = ROWS[route];
    if (!row) return { route, grant: 'has no row in helpers/matrix/routes.ts' };
    if (row.grant === 'public') return { route, grant: 'public' };
    const kinds = [...(row.kinds ?? ['access', 'execution', 'worker'])].sort();
    return { route, grant: row.grant, lack: row.grant === null ? null : (row.lack ?? 403), kinds };
  });

  expect(told).toEqual(rows);
});

interface Cell {
  readonly route: string;
  readonly principal: Principal;
}

/** Makes the row's call as one who may, or may not. */
const askedBy = async ({ route, principal }: Cell) => {
  const row = ROWS[route]!;
  const wanted = expected(row, principal);
  const named = await namedFor(row, ours.world, wanted === row.ok);
  const body = await row.body?.(principal.name === FOREIGN ? theirs.world : ours.world);
  const [method = ''] = route.split(' ');
  const { status, text } = await send(facts.url, { method, path: pathOf(route, row, named), body }, principal.token);
  return { cell: `${route} by ${principal.name}`, wanted, status, text };
};

test('AZ-01 every route answers every kind of caller as the policy says', async () => {
  const cells = rowed.flatMap(({ route }) => principals.map((principal) => ({ route, principal })));
  const isAlone = ({ route }: Cell): boolean => ROWS[route]?.alone ?? false;
  const beside = cells.filter((cell) => !isAlone(cell));

  const answers = [...(await pooled(beside, WIDTH, askedBy)), ...(await pooled(cells.filter(isAlone), 1, askedBy))];

  const wrong = answers.filter(({ wanted, status }) => wanted !== status);
  expect(
    wrong.map(({ cell, wanted, status, text }) => `${cell}: ${status}, not ${wanted}: ${text.slice(0, 120)}`),
  ).toEqual([]);
  expect(answers.length).toBe(rowed.length * principals.length);
}, 60_000);

/** All of ours that there is to read, in one text. */
const contents = async ({ client, world }: Side): Promise<string> =>
  JSON.stringify([
    await client.packs.list(),
    await client.actions.list(),
    await client.workflows.list(),
    await client.triggers.list(),
    await client.rules.list(),
    await client.sensors.list(),
    await client.keys.list(),
    await client.identities.list(),
    await client.permissions.sets(),
    await client.permissions.of(world.identity),
    await client.events.list({}),
    await client.enforcements.list({}),
    await client.inquiries.list(),
    await client.executions.get(world.execution),
    (await client.executions.list({})).map(({ id }) => id),
  ]);

interface Told {
  readonly what: string;
  readonly status: number;
  readonly text: string;
  readonly differs: boolean;
}

/** Sends both calls of each pair as the other tenant: what came back, and whether the two can be told apart. */
const attacked = (pairs: readonly Pair[]): Promise<Told[]> =>
  pooled(pairs, WIDTH, async ({ what, foreign, unused, names }) => {
    const kinds = ROWS[what.replace(/ (by|naming) .*|\?.*/, '')]?.kinds;
    const token = kinds && !kinds.includes('access') ? foreignWorker : theirs.token;
    const [one, other] = [await send(facts.url, foreign, token), await send(facts.url, unused, token)];
    const seen = ({ status, type, text }: Answer) => [status, type, text].join(' ');
    const differs = seen(one) !== seen(other).replaceAll(names.unused, names.foreign);
    return { what, status: one.status, text: one.text, differs };
  });

const told = ({ what, status, text }: Told): string => `${what}: ${status} ${text.slice(0, 160)}`;

test('AZ-02 what is of another tenant answers, by its id or ref, what was never there', async () => {
  const before = await contents(ours);
  const pairs = await Promise.all(rowed.map((operation) => byPath(operation, ours.world, theirs.world)));

  const answers = await attacked(pairs.flat());

  expect(answers.length).toBeGreaterThan(50);
  expect(answers.filter(({ differs }) => differs).map(told)).toEqual([]);
  const unlike = answers.filter(({ what, status }) => status !== (ROWS[what.replace(' by path', '')]?.foreign ?? 404));
  expect(unlike.map(told)).toEqual([]);
  expect(await contents(ours)).toBe(before);
}, 60_000);

/** A page, a list, a stream with nothing in it. */
const EMPTY = /"items":\[\]|^\[\]$|^: listening\s*$/;

test('AZ-02 a list narrowed to what is of another tenant is empty', async () => {
  expect(unfiltered(rowed)).toEqual([]);
  const pairs = rowed.flatMap((operation) => byFilter(operation, ours.world, theirs.world));

  const answers = await attacked(pairs);

  expect(answers.length).toBeGreaterThan(15);
  expect(answers.filter(({ differs }) => differs).map(told)).toEqual([]);
  const full = answers.filter(({ status, text }) => status === 200 && !EMPTY.test(text));
  expect(full.map(told)).toEqual([]);
}, 60_000);

test('AZ-03 a body that names a thing of another tenant is refused as if that were misspelt', async () => {
  expect(unnamed(rowed)).toEqual([]);
  const before = await contents(ours);
  const pairs = (await Promise.all(rowed.map((operation) => byBody(operation, ours.world, theirs.world)))).flat();
  const mine = await contents(theirs);

  const answers = await attacked(pairs);

  expect(answers.length).toBeGreaterThan(25);
  expect(answers.filter(({ differs }) => differs).map(told)).toEqual([]);
  expect(answers.filter(({ status }) => status < 400 || status >= 500).map(told)).toEqual([]);
  expect(await contents(theirs)).toBe(mine);
  expect(await contents(ours)).toBe(before);
}, 60_000);

/** Runs something that ends at once, and tells which execution it was. */
const runIn = async ({ client }: Side): Promise<number> =>
  (await client.executions.execute({ action_ref: 'core.noop' })).id;

const FOREIGN_RUNS = 50;
const LISTEN_MS = 3_000;

/** Whom the payloads of a stream are about. */
const about = (said: string): number[] => {
  const payloads = [...said.matchAll(/^data: (.*)$/gm)].map(
    ([, json = '{}']) => JSON.parse(json) as { entity_id: number },
  );
  return [...new Set(payloads.map(({ entity_id }) => entity_id))];
};

test('WS-02 whoever listens for what is of another tenant is let in, and hears of their own alone', async () => {
  const { execution, busy, event, inquiry } = ours.world;
  const rows = [`entity:execution:${busy}`, `entity:event:${event}`, `entity:inquiry:${inquiry}`];
  const kinds = ['all', 'entity_type:execution', 'notification_type:execution_created', 'entity_type:event'];
  const url = liveUrl(facts.url, facts.capabilities, process.env);
  await using live = await openLive({ url, token: theirs.token });
  await live.subscribe(...rows, ...kinds);
  const streams = ['', `?execution_id=${execution}`, `?execution_id=${busy}`].map((query) => ({
    method: 'GET',
    path: `/api/v1/executions/stream${query}`,
  }));
  const listening = Promise.all(streams.map((one) => send(facts.url, one, theirs.token, LISTEN_MS)));

  await pooled(Array.from({ length: FOREIGN_RUNS }), WIDTH, () => runIn(ours));
  const own = await runIn(theirs);

  const deadline = performance.now() + 10_000;
  await until(
    toBeTold(1, 'creation', live, (one) => one.notification_type === 'execution_created'),
    deadline,
  );
  const heard = await listening;
  // Whatever else their own tenant still does may be heard as well.
  const theirOwn = new Set((await theirs.client.executions.list({})).map(({ id }) => `execution ${id}`));
  const told = live.notifications.map(({ entity_type, entity_id }) => `${entity_type} ${entity_id}`);
  expect(told).toContain(`execution ${own}`);
  expect(told.filter((one) => !theirOwn.has(one))).toEqual([]);
  expect(heard.map(({ status }) => status)).toEqual([200, 200, 200]);
  const [all, ...foreign] = heard.map(({ text }) => about(text));
  expect(all).toContain(own);
  expect(all!.filter((id) => !theirOwn.has(`execution ${id}`))).toEqual([]);
  expect(foreign).toEqual([[], []]);
}, 60_000);

/** The database itself, where the harness has a way to it. */
const inStore = facts.databaseUrl === null ? test.skip : test;

inStore('AZ-03 after all of it no row of any table points into another tenant', async () => {
  await using store = await openStore(facts.databaseUrl ?? '');

  expect(await store.acrossTenants()).toEqual([]);
});
