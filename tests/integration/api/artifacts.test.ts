import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { Pool } from 'pg';
import { createClient, type Client } from '../../../helpers/client/client';
import { artifactFilesRoutes } from '../../../platform/api/artifact-files';
import { artifactsRoutes } from '../../../platform/api/artifacts';
import { buildApi } from '../../../platform/api/server';
import { signToken } from '../../../platform/api/tokens';
import { removeSpentLogs } from '../../../platform/executor/log-retention';
import { keepLogs, type Said } from '../../../platform/store/artifacts';
import { openPool } from '../../../platform/store/database';
import type { Claim } from '../../../platform/worker/attempt';
import { streamLogOf } from '../../../platform/worker/surroundings';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { withDatabase } from '../with-database';
import { holder, type Grants } from './holder';
import { SECRET } from './stage';

const directory = mkdtempSync(join(tmpdir(), 'artifacts-'));
const database = withDatabase();
let owner: Pool;
let url: string;
let close: () => Promise<void>;
let reader: Client;

beforeAll(async () => {
  const { db, url: databaseUrl } = database();
  owner = openPool(databaseUrl, 2);
  const context = { ...contextWithoutDatabase, db, tokenSecret: SECRET, directory };
  const api = buildApi(context, [artifactsRoutes, artifactFilesRoutes]);
  url = await api.listen({ port: 0 });
  close = () => api.close();
  await owner.query(`insert into pack (ref, label, version) values ('demo', 'demo', '1.0.0')`);
  reader = await clientWith([right('artifacts'), right('packs')]);
});
afterAll(async () => {
  await close();
  await owner.end();
  rmSync(directory, { recursive: true });
});

const right = (resource: string, constraints: object = {}) => ({ resource, actions: ['read'], constraints }) as never;
const clientWith = async (grants: Grants): Promise<Client> =>
  createClient({ baseUrl: url, token: await holder(owner, grants) });

let actions = 0;
const anAction = () => `demo.act_${++actions}`;

/** An execution under a lease. */
async function held(action: string): Promise<Claim> {
  const { rows } = await owner.query<{ execution: number; token: number }>(
    `with made as (insert into execution (action_ref, status, attempt) values ($1, 'running', 1) returning id)
    insert into lease (tenant, resource, owner, expires_at, fencing_token)
    select 1, 'execution:' || id, 1, platform_now() + interval '1 minute', nextval('fencing_token') from made
    returning substr(resource, 11)::bigint as execution, fencing_token as token`,
    [action],
  );
  return { execution: rows[0]!.execution, tenant: 1, fencingToken: rows[0]!.token, attempt: 1 };
}

const keep = (claim: Claim, ...said: Said[]) => keepLogs(database().db, claim, said);

/** Writes what an attempt said on stdout, and has it kept. */
async function says(claim: Claim, text: string): Promise<string> {
  const path = streamLogOf({ directory }, claim, 'stdout');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  await keep(claim, { stream: 'stdout', bytes: Buffer.byteLength(text) });
  return path;
}

const end = (execution: number) => owner.query(`update execution set status = 'completed' where id = $1`, [execution]);
const refsOf = async (client: Client, execution: number) =>
  (await client.artifacts.ofExecution(execution)).map(({ ref }) => ref).sort();

test('each stream of an action is one artifact, with a version for each execution that spoke', async () => {
  const action = anAction();
  const [first, second] = [await held(action), await held(action)];
  await keep(first, { stream: 'stdout', bytes: 3 }, { stream: 'stderr', bytes: 4 });
  await keep(second, { stream: 'stdout', bytes: 5 });

  expect(await refsOf(reader, first.execution)).toEqual([`${action}.stderr.log`, `${action}.stdout.log`]);
  expect(await refsOf(reader, second.execution)).toEqual([`${action}.stdout.log`]);
  const artifact = await reader.artifacts.byRef(`${action}.stdout.log`);
  expect(artifact).toMatchObject({
    ...{ scope: 'action', owner: action, type: 'file_text', visibility: 'private', size_bytes: 5 },
    ...{ content_type: 'text/plain', retention_policy: 'days', retention_limit: 7 },
  });
  expect((await reader.artifacts.versions(artifact.id)).map(({ version, execution }) => [version, execution])).toEqual([
    [2, second.execution],
    [1, first.execution],
  ]);
});

test('told twice it is one version, of the last attempt; a lease that was lost tells nothing', async () => {
  const action = anAction();
  const claim = await held(action);
  await Promise.all(Array.from({ length: 4 }, () => keep(claim, { stream: 'stdout', bytes: 3 })));
  await keep({ ...claim, attempt: 2 }, { stream: 'stdout', bytes: 9 });
  await keep({ ...claim, fencingToken: claim.fencingToken - 1 }, { stream: 'stdout', bytes: 1 });

  const { id } = await reader.artifacts.byRef(`${action}.stdout.log`);

  expect(await reader.artifacts.versions(id)).toMatchObject([{ version: 1, size_bytes: 9 }]);
});

test('executions of one action that end at once are numbered without a gap', async () => {
  const action = anAction();
  const claims = await Promise.all(Array.from({ length: 12 }, () => held(action)));

  await Promise.all(claims.map((claim) => keep(claim, { stream: 'stdout', bytes: 1 }, { stream: 'stderr', bytes: 1 })));

  for (const stream of ['stdout', 'stderr']) {
    const { id } = await reader.artifacts.byRef(`${action}.${stream}.log`);
    expect((await reader.artifacts.versions(id)).map(({ version }) => version)).toEqual(
      [...claims.keys()].map((at) => claims.length - at),
    );
  }
});

test('an artifact of that ref that somebody made gets no logs', async () => {
  const action = anAction();
  await owner.query(`insert into artifact (ref, visibility, type) values ($1, 'public', 'file_text')`, [
    `${action}.stdout.log`,
  ]);

  const claim = await held(action);
  await says(claim, 'not for all');

  expect(await refsOf(reader, claim.execution)).toEqual([]);
});

test('the bytes are those of the version that is asked for, under a name of their own', async () => {
  const action = anAction();
  await says(await held(action), 'first\n');
  await says(await held(action), 'zweite ü\n');
  const { id } = await reader.artifacts.byRef(`${action}.stdout.log`);

  const token = await holder(owner, [right('artifacts'), right('packs')]);
  const answer = await fetch(`${url}/api/v1/artifacts/${id}/versions/2/download`, {
    headers: { authorization: `Bearer ${token}` },
  });

  expect(await answer.text()).toBe('zweite ü\n');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-disposition': `attachment; filename="${action.replace('.', '_')}_stdout_log_v2.txt"`,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '10',
    'x-content-type-options': 'nosniff',
  });
  expect(await reader.artifacts.download(id)).toBe('zweite ü\n');
  expect(await reader.artifacts.downloadVersion(id, 1)).toBe('first\n');
  await expect(reader.artifacts.downloadVersion(id, 3)).rejects.toMatchObject({ status: 404 });
});

test('a file that is gone is nothing to download', async () => {
  const action = anAction();
  rmSync(await says(await held(action), 'said'));
  const { id } = await reader.artifacts.byRef(`${action}.stdout.log`);

  await expect(reader.artifacts.download(id)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('it is followed until its execution has ended and all was told; what is no file is not', async () => {
  const action = anAction();
  const claim = await held(action);
  const path = await says(claim, 'one');
  const { id } = await reader.artifacts.byRef(`${action}.stdout.log`);
  const events = reader.artifacts.follow(id);
  const first = await events.next();
  writeFileSync(path, 'one two');
  const second = await events.next();
  await end(claim.execution);

  const third = await events.next();

  expect([first, second, third].map(({ value }) => value as unknown)).toMatchObject([
    { event: 'content', data: 'one' },
    { event: 'append', data: ' two', id: '7' },
    { event: 'done' },
  ]);
  expect((await events.next()).done).toBe(true);
  const { rows } = await owner.query<{ id: number }>(
    `insert into artifact (ref, type, visibility) values ('a.link', 'url', 'public') returning id`,
  );
  await expect(reader.artifacts.follow(rows[0]!.id).next()).rejects.toMatchObject({ status: 400 });
});

/** Who sees what, of private logs of the pack `demo`. */
test.each<[string, Grants, boolean]>([
  ['artifacts and packs', [right('artifacts'), right('packs')], true],
  ['artifacts alone', [right('artifacts')], false],
  ['packs alone', [right('packs')], false],
  ['nothing', [], false],
  ['artifacts of the pack', [right('artifacts', { pack_refs: ['demo'] })], true],
  ['artifacts of another pack', [right('artifacts', { pack_refs: ['other'] })], false],
  ['artifacts of actions', [right('artifacts', { owner_types: ['action'] })], true],
  ['private ones', [right('artifacts', { visibility: ['private'] })], true],
  ['artifacts, and another pack', [right('artifacts'), right('packs', { pack_refs: ['other'] })], false],
])('the right to read %s decides on a log alike, whichever way it is asked for', async (_what, grants, seen) => {
  const action = anAction();
  const claim = await held(action);
  await says(claim, 'said');
  const { id, ref } = await reader.artifacts.byRef(`${action}.stdout.log`);
  const client = await clientWith(grants);

  expect(await refsOf(client, claim.execution)).toEqual(seen ? [ref] : []);
  expect((await client.artifacts.list({ execution: claim.execution })).length).toBe(seen ? 1 : 0);
  const looks = [
    () => client.artifacts.get(id),
    () => client.artifacts.byRef(ref),
    () => client.artifacts.versions(id),
    () => client.artifacts.latest(id),
    () => client.artifacts.version(id, 1),
    () => client.artifacts.download(id),
    () => client.artifacts.downloadVersion(id, 1),
    () => client.artifacts.follow(id).next(),
  ];
  for (const look of looks) {
    if (seen) await expect(look()).resolves.toBeDefined();
    else await expect(look()).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  }
});

test('of a pack that belongs to another, and of one that is gone, the plain right shows nothing', async () => {
  const { rows } = await owner.query<{ id: number }>(`insert into identity (login) values ('maker') returning id`);
  await owner.query(`insert into pack (ref, label, version, installed_by) values ('hers', 'hers', '1.0.0', $1)`, [
    rows[0]!.id,
  ]);
  const claims = [await held('hers.act'), await held('gone.act')];
  for (const claim of claims) await says(claim, 'said');

  expect(await Promise.all(claims.map(({ execution }) => refsOf(reader, execution)))).toEqual([[], []]);
});

test('a running action reads the logs of itself and its pack, and no others', async () => {
  const [own, other] = [anAction(), anAction()];
  for (const action of [own, other]) await says(await held(action), 'said');
  const token = await signToken(SECRET, {
    ...{ identity: 1, login: 'execution:1', tenant: 1, tokenType: 'execution', seconds: 60, scope: 'execution' },
    metadata: { execution_id: 1, permission_set_refs: ['standard'], standard_access_action_refs: [own] },
  });
  const client = createClient({ baseUrl: url, token });

  expect(await client.artifacts.download((await client.artifacts.byRef(`${own}.stdout.log`)).id)).toBe('said');
  await expect(client.artifacts.byRef(`${other}.stdout.log`)).rejects.toMatchObject({ status: 404 });
});

test('what is public is for whoever may read any, and what is an identity’s is for it', async () => {
  const token = await holder(owner, []);
  const { rows } = await owner.query<{ id: number }>('select max(id) as id from identity');
  await owner.query(
    `insert into artifact (ref, scope, owner, visibility) values ('of.all', 'system', '', 'public'), ('of.one', 'identity', $1, 'private')`,
    [String(rows[0]!.id)],
  );
  const seenBy = async (client: Client) =>
    (await client.artifacts.list()).map(({ ref }) => ref).filter((ref) => ref.startsWith('of.'));

  expect(await seenBy(createClient({ baseUrl: url, token }))).toEqual(['of.one']);
  expect(await seenBy(await clientWith([right('artifacts')]))).toEqual(['of.all']);
  expect(await seenBy(await clientWith([right('artifacts', { pack_refs: ['other'] })]))).toEqual(['of.all']);
});

test('a list is narrowed by every filter, newest first, in pages of what the caller may read', async () => {
  const action = anAction();
  const claim = await held(action);
  await keep(claim, { stream: 'stdout', bytes: 1 });
  await keep(claim, { stream: 'stderr', bytes: 1 });
  const both = { owner: action };

  const refs = async (filter: object) => (await reader.artifacts.list({ ...both, ...filter })).map(({ ref }) => ref);

  expect(await refs({})).toEqual([`${action}.stderr.log`, `${action}.stdout.log`]);
  expect(await refs({ name: 'STDOUT' })).toEqual([`${action}.stdout.log`]);
  expect(await refs({ scope: 'pack' })).toEqual([]);
  expect(await refs({ type: 'url' })).toEqual([]);
  expect(await refs({ visibility: 'public' })).toEqual([]);
  expect(await refs({ execution: claim.execution + 1_000 })).toEqual([]);
  const token = await holder(owner, [right('artifacts'), right('packs')]);
  const answer = await fetch(`${url}/api/v1/artifacts?owner=${action}&per_page=1&page=2`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({
    items: [{ ref: `${action}.stdout.log` }],
    pagination: { page: 2, page_size: 1, total_items: 2, total_pages: 2, has_next: false },
  });
});

test('a log and its version go together, and the artifact with the last of them', async () => {
  const action = anAction();
  const [old, young] = [await held(action), await held(action)];
  const [gone, stays] = [await says(old, 'old'), await says(young, 'young')];
  for (const { execution } of [old, young]) await end(execution);
  const { id } = await reader.artifacts.byRef(`${action}.stdout.log`);
  const age = (path: string) => utimesSync(path, new Date(0), new Date(0));
  const sweep = () => removeSpentLogs(database().db, directory, pino({ level: 'silent' }));

  age(gone);
  await sweep();
  expect([existsSync(gone), existsSync(stays)]).toEqual([false, true]);
  expect(await reader.artifacts.versions(id)).toMatchObject([{ version: 2, execution: young.execution }]);
  age(stays);
  await sweep();

  await expect(reader.artifacts.get(id)).rejects.toMatchObject({ status: 404 });
});
