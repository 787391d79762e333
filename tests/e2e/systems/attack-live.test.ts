// Spec: the live stream opens to who may read, tells them what they may read, and lets nobody hold it up.
import { forge } from '../../../helpers/attack';
import { createClient, logIn } from '../../../helpers/client/client';
import { dial, openLive, welcomed, type Live } from '../../../helpers/client/live';
import type { Context } from '../../../helpers/context';
import { inParallel } from '../../../helpers/in-parallel';
import {
  changesOf,
  isAbout,
  isUnbroken,
  listen,
  liveAddress,
  toBeTold,
  toEnd,
  told,
  type Notification,
} from '../../../helpers/live';
import { tokenSecretOf } from '../../../helpers/mint';
import { randomName } from '../../../helpers/names';
import { asOwner } from '../../../helpers/owner';
import { person } from '../../../helpers/people';
import { until } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';
import { trial } from '../../../helpers/trial';

const facts = currentRun();
const now = (): number => Math.floor(Date.now() / 1_000);
let secret: string;
let me: number;

beforeAll(async () => {
  secret = await tokenSecretOf(facts);
  me = (await createClient({ baseUrl: facts.url, token: facts.token }).auth.me()).id;
});

const token = (more: object = {}): string =>
  forge(secret, { sub: String(me), login: 'x', iat: now(), exp: now() + 600, token_type: 'access', ...more });

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
type Try = [query: string, protocols: string[], headers: Record<string, string>];

trial('WS-01 no socket is made for a token of the wrong kind, in the wrong place, or of nobody', async (ctx) => {
  const jwt = `attune.jwt.${token()}`;
  const tries: Record<string, [string, Try]> = {
    none: ['missing_token', ['', [], {}]],
    query: ['missing_token', [`?token=${token()}&access_token=${token()}`, [], {}]],
    cookie: ['missing_token', ['', [], { cookie: `attune_access_token=${token()}`, origin: 'https://evil.example' }]],
    'order of protocols': ['missing_token', ['', [jwt, 'attune.v1'], {}]],
    'protocol alone': ['missing_token', ['', [jwt], {}]],
    expired: ['invalid_or_expired_token', ['', [], bearer(token({ exp: now() - 6 }))]],
    'wrong key': ['invalid_or_expired_token', ['', [], bearer(forge('another secret', { sub: '1', exp: now() + 60 }))]],
    nobody: ['invalid_or_expired_token', ['', [], bearer(token({ sub: '999999999' }))]],
    'no number': ['invalid_subject_in_token', ['', [], bearer(token({ sub: 'root' }))]],
    refresh: ['refresh_tokens_not_allowed', ['', [], bearer(token({ token_type: 'refresh' }))]],
    sensor: ['sensor_tokens_not_allowed', ['', [], bearer(token({ token_type: 'sensor' }))]],
    worker: ['worker_tokens_not_allowed', ['', [], bearer(token({ token_type: 'worker' }))]],
  };

  for (const [word, [query, protocols, headers]] of Object.values(tries)) {
    const opening = welcomed(dial(`${liveAddress(ctx)}${query}`, protocols, headers));
    await expect(opening).rejects.toMatchObject({ status: 401, body: JSON.stringify({ error: word }) });
  }
  await using live = await openLive({ url: liveAddress(ctx), token: token(), by: 'protocol' });
  expect(live.clientId).toMatch(/^client_\d+$/);
});

const isEnd = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

/** Runs nothing, so many times, as whoever holds the token. */
const runMany = async (bearerToken: string, count: number): Promise<Set<number>> => {
  const client = createClient({ baseUrl: facts.url, token: bearerToken });
  const ids = new Set<number>();
  await inParallel(count, 8, async () => {
    ids.add((await client.executions.execute({ action_ref: 'core.noop' })).id);
  });
  return ids;
};

const endsOf = (n: number, live: Live, ids: ReadonlySet<number>, ctx: Context) =>
  until(
    toBeTold(n, 'end', live, (one) => isEnd(one) && ids.has(one.entity_id)),
    ctx.deadline,
  );

/** Another tenant, with its admin's token; gone after the test. */
const neighbour = async (ctx: Context): Promise<string> => {
  const slug = `e2e-live-${randomName(8)}`;
  const admin = { login: `${slug}@example.test`, password: 'Neighbour-1' };
  await ctx.client.tenants.create({ slug, name: 'live', admin });
  ctx.defer(async () => {
    await ctx.client.tenants.update(slug, { frozen: true });
    await ctx.client.tenants.remove(slug);
  });
  return (await logIn({ baseUrl: facts.url }, admin.login, admin.password)).token;
};

trial('WS-02 what is of another tenant is never told, whatever is asked for', async (ctx) => {
  const foreign = await neighbour(ctx);
  const [first] = await runMany(foreign, 1);
  const wide = await listen(ctx, ['all']);
  const narrow = await listen(ctx, [
    'entity_type:execution',
    'notification_type:execution_created',
    `entity:execution:${first}`,
  ]);
  const theirs = await listen(ctx, ['all'], foreign);

  const ids = await runMany(foreign, 100);
  await endsOf(100, theirs, ids, ctx);
  const own = await runMany(facts.token, 1);
  await Promise.all([endsOf(1, wide, own, ctx), endsOf(1, narrow, own, ctx)]); // the fence

  const isForeign = ({ entity_id }: Notification) => ids.has(entity_id) || entity_id === first;
  expect([told(wide, isForeign), told(narrow, isForeign)]).toEqual([[], []]);
  expect(told(theirs, ({ entity_id }) => own.has(entity_id))).toEqual([]);
  expect(await wide.provoke(JSON.stringify({ type: 'subscribe', filter: `user:${me + 1}` }))).toContain('admin');
  expect(wide.ended).toBeNull();
});

trial('WS-02 an execution follows itself alone', async (ctx) => {
  const bound = token({ token_type: 'execution', scope: 'execution', metadata: { execution_id: 999_999_999 } });
  const client = createClient({ baseUrl: facts.url, token: bound });

  await expect(client.executions.changes(1).next()).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(client.executions.changes().next()).rejects.toMatchObject({ status: 403 });

  const live = await listen(ctx, ['all'], bound);
  const admin = await listen(ctx, ['entity_type:execution']);
  const ids = await runMany(facts.token, 1);
  await endsOf(1, admin, ids, ctx);
  await live.unsubscribe();
  expect(told(live, ({ entity_type }) => entity_type === 'execution')).toEqual([]);
});

const EXPIRED = { code: 4401, reason: 'token expired' };

trial('WS-03 a socket ends with its token, and with its identity', async (ctx) => {
  const [frozen, deleted] = [await person(ctx, 'core.viewer'), await person(ctx, 'core.viewer')];
  const short = await listen(ctx, ['all'], token({ exp: now() + 2 }));
  const [one, two] = [await listen(ctx, ['all'], frozen.token), await listen(ctx, ['all'], deleted.token)];

  await ctx.client.identities.freeze(frozen.id);
  await ctx.client.identities.remove(deleted.id);

  const soon = performance.now() + 5_000;
  expect(await Promise.all([short, one, two].map((live) => until(toEnd(live), soon)))).toEqual([
    EXPIRED,
    EXPIRED,
    EXPIRED,
  ]);
});

trial('WS-03 from the commit that takes a right back nothing is told by it', async (ctx) => {
  const viewer = await person(ctx, null);
  const { id: assignment } = await ctx.client.permissions.assign({
    identity_id: viewer.id,
    permission_set_ref: 'core.viewer',
  });
  const [live, admin] = [await listen(ctx, ['all'], viewer.token), await listen(ctx, ['entity_type:execution'])];
  await endsOf(1, live, await runMany(facts.token, 1), ctx);

  await ctx.client.permissions.unassign(assignment);
  const ids = await runMany(facts.token, 20);
  await endsOf(20, admin, ids, ctx);

  await live.unsubscribe(); // its answer comes after all that was told before
  expect(told(live, ({ entity_type, entity_id }) => entity_type === 'execution' && ids.has(entity_id))).toEqual([]);
  expect(live.ended).toBeNull();
});

const EVENTS = 20_000;
const HANGING = 5;

trial(
  'WS-04 who does not read is cut off, and holds up nobody',
  async (ctx) => {
    const hanging = await Promise.all(Array.from({ length: HANGING }, () => listen(ctx, ['entity_type:event'])));
    const reading = await listen(ctx, ['entity_type:event']);
    for (const live of hanging) live.pause();
    await using owner = await asOwner(facts);
    const ref = ctx.name('burst');

    await owner.query(`insert into event (trigger_ref) select $1 from generate_series(1, ${EVENTS})`, [ref]);
    ctx.defer(() => remove(ref));
    const own = (one: Notification) => one.payload.trigger_ref === ref;
    const events = await until(toBeTold(EVENTS, 'event', reading, own), ctx.deadline);
    for (const live of hanging) live.resume();

    const ends = await Promise.all(hanging.map((live) => until(toEnd(live), ctx.deadline)));
    expect(ends.map(({ code }) => code)).toEqual(hanging.map(() => 4408));
    expect(events.every(({ entity_id }, n) => n === 0 || entity_id > events[n - 1]!.entity_id)).toBe(true);
  },
  60,
);

const remove = async (ref: string): Promise<void> => {
  await using owner = await asOwner(facts);
  await owner.query('delete from event where trigger_ref = $1', [ref]);
};

trial('WS-04 large messages, fragments without end and floods end their own socket', async (ctx) => {
  const [large, pieces, pings, frames] = await Promise.all([0, 1, 2, 3].map(() => dialled(ctx)));
  const bystander = await listen(ctx, ['entity_type:execution']);

  large!.socket.send('x'.repeat(16 * 1_024 * 1_024));
  for (let n = 0; n < 200; n++) pieces!.socket.send('x', { fin: false });
  for (let n = 0; n < 10_000; n++) pings!.socket.ping();
  for (let n = 0; n < 10_000; n++) frames!.socket.send(`{"type":"subscribe","filter":"entity:execution:${n}"}`);

  const ends = await Promise.all(
    [large!, pieces!, pings!, frames!].map(({ live }) => until(toEnd(live), ctx.deadline)),
  );
  expect(ends.map(({ code }) => code)).toEqual([1009, 1008, 1008, 1008]);
  await endsOf(1, bystander, await runMany(facts.token, 1), ctx);
});

const dialled = async (ctx: Context) => {
  const socket = dial(liveAddress(ctx), [], bearer(facts.token));
  const live = await welcomed(socket);
  ctx.defer(() => live[Symbol.asyncDispose]());
  return { socket, live };
};

trial('WS-04 bytes are passed over, broken messages are answered, and filters are counted', async (ctx) => {
  const live = await listen(ctx, []);

  live.send(Buffer.from('{"type":"subscribe","filter":"all"}'));
  const broken = [
    '{',
    'null',
    '[]',
    '7',
    '{}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","filter":"entity:execution:x"}',
  ];
  const answers = [];
  for (const text of broken) answers.push(await live.provoke(text));
  live.send('{"type":"ping"}');
  for (let n = 0; n < 1_000; n++) live.send(`{"type":"subscribe","filter":"entity:event:${n}"}`);

  expect(answers.every((text) => text.includes('give'))).toBe(true);
  expect(await live.provoke('{"type":"subscribe","filter":"all"}')).toContain('1000');
  expect([live.notifications, live.ended]).toEqual([[], null]);
});

trial(
  'WS-05 nothing is lost or doubled when the notifier loses its line to the database',
  async (ctx) => {
    const live = await listen(ctx, ['entity_type:execution']);
    await using owner = await asOwner(facts);
    const cut = () =>
      owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tuningfork-notifier'`,
      );

    const running = runMany(facts.token, 1_000);
    for (let n = 0; n < 3; n++) expect(await cutAfter(live, cut)).toBe(1);
    const ids = await running;
    await endsOf(1_000, live, ids, ctx);

    const stories = changesOf(live, ids);
    expect([...stories].filter(([, story]) => !isUnbroken(story))).toEqual([]);
    expect(stories.size).toBe(1_000);
  },
  60,
);

/** Cuts the line once something more was told and there is one again. Answers how many lines that were. */
const cutAfter = async (live: Live, cut: () => Promise<object[]>): Promise<number> => {
  const before = live.notifications.length;
  return until(
    {
      name: 'more to be told, and a line to cut',
      look: async () => {
        if (live.notifications.length === before) return { is: 'pending', why: 'quiet' };
        const lines = (await cut()).length;
        return lines > 0 ? { is: 'met', value: lines } : { is: 'pending', why: 'no line yet' };
      },
      evidence: () => Promise.resolve(''),
    },
    performance.now() + 10_000,
  );
};

trial('WS-05 a row too large for a notification of the database still tells its id', async (ctx) => {
  const live = await listen(ctx, ['entity_type:execution']);
  await using owner = await asOwner(facts);
  const heard = await owner.listen('execution_created');

  const [row] = await owner.query<{ id: number }>(
    `insert into execution (action_ref, trigger_ref, status) values ('core.noop', $1, 'completed') returning id::int`,
    ['x'.repeat(9_000)],
  );
  const { id } = row!;

  const [created] = await until(toBeTold(1, 'creation', live, isAbout('execution', id)), ctx.deadline);
  expect(created?.payload).toEqual({
    entity_type: 'execution',
    entity_id: id,
    id,
    status: 'completed',
  });
  expect(heard.map((text) => (JSON.parse(text) as { id: number }).id)).toContain(id);
});
