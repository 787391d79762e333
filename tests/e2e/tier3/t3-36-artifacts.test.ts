// Spec: an artifact keeps numbered versions, with their bytes, for as long as it says.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createArtifact } from '../../../helpers/scenario/resources/artifacts';
import { runActionTo } from '../../../helpers/scenario/resources/ended-executions';
import { keepFromSources } from '../support/artifacts/kept-versions';
import { NEW_ARTIFACT_WAYS, VERSION_WAYS } from '../support/artifacts/version-ways';
import { createWritingProgram } from '../support/artifacts/writing-program';

const NEEDS = ['core', 'ledger.shared'];
const RIGHTS = ['core', 'rbac', 'sql'];

/** Numbers of the versions, newest first. */
const numbersOf = async ({ client }: Context, id: number): Promise<number[]> =>
  (await client.artifacts.versions(id)).map(({ version }) => version);

claim('T3.36a', NEEDS, 'each kind of version has its number, its size and its bytes', async (ctx) => {
  const { artifacts } = ctx.client;
  const { id, ref } = await createArtifact(ctx, 'kinds.of', { type: 'file_text' });
  const bytes = Buffer.from([0, 255, 10]);
  const content = { n: [1, 'ü'] };

  const added = [
    await artifacts.addVersion(id, { content, meta: { by: ctx.nonce } }),
    await artifacts.addVersion(id, { content: 'line\nü', content_type: 'text/plain' }),
    await artifacts.upload(id, bytes, { content_type: 'application/octet-stream' }),
    await artifacts.addFile(id, { content_type: 'text/csv' }),
  ];
  await artifacts.removeVersion(id, 4);
  added.push(await artifacts.addFileByRef(ref, { content_type: 'application/json' }));

  const path = ref.replaceAll('.', '/');
  expect(added.map(({ version, file_path }) => [version, file_path])).toEqual([
    ...[[1], [2], [3]].map(([n]) => [n, undefined]),
    [4, `${path}/v4.csv`],
    [5, `${path}/v5.json`],
  ]);
  expect(await numbersOf(ctx, id)).toEqual([5, 3, 2, 1]);
  expect([JSON.parse(await artifacts.downloadVersion(id, 1)), await artifacts.downloadVersion(id, 2)]).toEqual([
    content,
    'line\nü',
  ]);
  expect(await artifacts.version(id, 1)).toMatchObject({ content_json: content, meta: { by: ctx.nonce } });
  expect((await artifacts.version(id, 3)).size_bytes).toBe(3);
  for (const missing of [artifacts.downloadVersion(id, 5), artifacts.downloadVersion(id, 4), artifacts.download(id)])
    await expect(missing).rejects.toMatchObject({ status: 404 });
  await artifacts.removeVersion(id, 5);
  expect((await artifacts.get(id)).size_bytes).toBe(3);
  expect([...(await artifacts.downloadBytes(id))]).toEqual([...bytes]);
});

/** Parts of refs: whether a file has a path by them. */
const REFS = {
  'a.b': null,
  [`a.${'x'.repeat(255)}`]: null,
  'a/b': 400,
  'a..b': 400,
  '.a': 400,
  'a.': 400,
  [`a.${'x'.repeat(256)}`]: 400,
};

claim('T3.36b', NEEDS, 'a ref without a path, and too many bytes, are refused', async (ctx) => {
  const { artifacts } = ctx.client;
  const refs = Object.keys(REFS).map((ref) => ref.replace('a', ctx.name('ref')));

  const statuses: (number | null)[] = [];
  for (const ref of refs) statuses.push(await rejectionStatus(artifacts.addFileByRef(ref, { scope: 'system' })));
  const { id } = await artifacts.byRef(refs[0]!);
  const longest = await artifacts.byRef(refs[1]!);
  for (const each of [id, longest.id]) ctx.defer(() => artifacts.remove(each));
  const sizes = [2 * 1_024 * 1_024, 2 * 1_024 * 1_024 + 1].map((size) => Buffer.alloc(size, 'x'));
  const uploads: (number | null)[] = [];
  for (const bytes of sizes) uploads.push(await rejectionStatus(artifacts.upload(id, bytes)));

  expect(Object.fromEntries(Object.keys(REFS).map((ref, n) => [ref, statuses[n]]))).toEqual(REFS);
  expect(uploads).toEqual([null, 400]);
  expect((await artifacts.latest(id)).size_bytes).toBe(sizes[0]!.length);
  for (const ref of refs.slice(2)) await expect(artifacts.byRef(ref)).rejects.toMatchObject({ status: 404 });
});

claim('T3.36c', NEEDS, 'the oldest versions beyond the limit go at once', async (ctx) => {
  const { artifacts } = ctx.client;
  const byDefault = await createArtifact(ctx, 'default');
  const byRequest = await createArtifact(ctx, 'request', { retention_limit: 2 });

  const { found, expected } = await keepFromSources(ctx);
  for (let n = 0; n < 6; n++) await artifacts.addVersion(byDefault.id, { content: n });
  for (let n = 0; n < 3; n++) await artifacts.addVersion(byRequest.id, { content: n });
  const before = [await numbersOf(ctx, byDefault.id), await numbersOf(ctx, byRequest.id)];
  await artifacts.update(byDefault.id, { retention_limit: 1 });

  expect(found).toEqual(expected);
  expect(before).toEqual([
    [6, 5, 4, 3, 2],
    [3, 2],
  ]);
  expect(await numbersOf(ctx, byDefault.id)).toEqual([6]);
  expect((await artifacts.addVersion(byDefault.id, { content: 'next' })).version).toBe(7);
});

/** Seconds after which a version goes. */
const LIFETIMES = { minutes: 120, hours: 7_200, days: 172_800 } as const;

claim.time('T3.36d', [...NEEDS, 'clock.virtual'], 'versions go after their time, the artifact stays', async (ctx) => {
  const { artifacts } = ctx.client;
  const policies = Object.keys(LIFETIMES) as (keyof typeof LIFETIMES)[];
  const ids: number[] = [];
  for (const retention_policy of policies) {
    const { id } = await createArtifact(ctx, retention_policy, { retention_policy, retention_limit: 2 });
    await artifacts.addVersion(id, { content: retention_policy });
    ids.push(id);
  }
  const counts = async () => Promise.all(ids.map(async (id) => (await numbersOf(ctx, id)).length));

  const found: number[][] = [];
  let now = 0;
  for (const at of Object.values(LIFETIMES)) {
    await ctx.time.pass(at - now - 0.001);
    found.push(await counts());
    await ctx.time.pass(0.001);
    found.push(await counts());
    now = at;
  }

  expect(found).toEqual([
    [1, 1, 1],
    [0, 1, 1],
    [0, 1, 1],
    [0, 0, 1],
    [0, 0, 1],
    [0, 0, 0],
  ]);
  expect((await Promise.all(ids.map((id) => artifacts.get(id)))).map(({ id }) => id)).toEqual(ids);
});

const FILE = { type: 'file_text', visibility: 'public' } as const;

claim('T3.36e', RIGHTS, 'a version is of the execution that adds it, or that is named', async (ctx) => {
  const pack = await ctx.ownPack();
  const program = await createWritingProgram(ctx, pack);
  const { id: named } = await ctx.client.executions.execute({ action_ref: 'core.noop' });
  /** Who adds a version, what it names, and the execution of the version. */
  const callers = {
    'a program': [program.client, {}, program.execution],
    'a program that names another': [program.client, { execution: named }, named],
    'a user': [ctx.client, {}, undefined],
    'a user that names one': [ctx.client, { execution: named }, named],
  } as const;
  const rows = Object.entries(callers).map(async ([caller, [client, fields]]) => {
    const artifact = await createArtifact(ctx, 'file', FILE);
    const executions: Record<string, number | undefined> = {};
    for (const [name, add] of Object.entries(VERSION_WAYS))
      executions[name] = (await add(client, artifact, fields)).execution;
    for (const [name, add] of Object.entries(NEW_ARTIFACT_WAYS)) {
      const added = await add(client, ctx.name('new'), { scope: 'system', ...FILE, ...fields });
      ctx.defer(() => ctx.client.artifacts.remove(added.artifact));
      executions[name] = added.execution;
    }
    return [caller, executions] as const;
  });

  const ways = [...Object.keys(VERSION_WAYS), ...Object.keys(NEW_ARTIFACT_WAYS)];
  const expected = Object.entries(callers).map(([caller, [, , execution]]) => [
    caller,
    Object.fromEntries(ways.map((name) => [name, execution])),
  ]);
  expect(Object.fromEntries(await Promise.all(rows))).toEqual(Object.fromEntries(expected));
});

/** What an action and a request say about the retention of a log, and what it then has. */
const LOG_RETENTION = {
  neither: [{}, {}, ['days', 7]],
  'the action': [{ log_retention_policy: 'versions', log_retention_limit: 3 }, {}, ['versions', 3]],
  'the request': [{}, { artifact_retention_policy: 'hours', artifact_retention_limit: 5 }, ['hours', 5]],
  both: [
    { log_retention_policy: 'versions', log_retention_limit: 3 },
    { artifact_retention_policy: 'hours', artifact_retention_limit: 5 },
    ['hours', 5],
  ],
  'both, for files': [{ artifact_retention_policy: 'versions', artifact_retention_limit: 3 }, {}, ['days', 7]],
} as const;

/** A change of an action to exactly these fields. */
const changeTo = (ofAction: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    ['artifact', 'log'].flatMap((kind) =>
      [`${kind}_retention_policy`, `${kind}_retention_limit`].map((name) => [
        name,
        name in ofAction ? { op: 'set', value: ofAction[name] } : { op: 'clear' },
      ]),
    ),
  );

const WORDS = ['out', 'longer'] as const;

claim('T3.36f', NEEDS, 'a log is kept as its request says, else as its action does', async (ctx) => {
  const pack_ref = await ctx.ownPack();
  const { actions, artifacts } = ctx.client;
  const logsOf = (ref: string) =>
    Promise.all(['stdout', 'stderr'].map((stream) => artifacts.byRef(`${ref}.${stream}.log`)));
  const sources = Object.entries(LOG_RETENTION);
  /** An execution as each row says, and then one of the same action as the next row says. */
  const rows = sources.map(async ([by, [ofAction, ofRequest]], n) => {
    const [, [nextOfAction, nextOfRequest]] = sources[(n + 1) % sources.length]!;
    const program = { pack_ref, label: by, runtime_ref: 'core.shell', entrypoint: 'echo $word; echo $word >&2' };
    const { ref } = await actions.create({ ref: `${pack_ref}.${ctx.name('logs')}`, ...program, ...ofAction });
    await runActionTo('completed', ctx, ref, { parameters: { word: WORDS[0] }, ...ofRequest });
    const first = await logsOf(ref);
    await actions.update(ref, changeTo(nextOfAction));
    await runActionTo('completed', ctx, ref, { parameters: { word: WORDS[1] }, ...nextOfRequest });
    const both = [first, await logsOf(ref)].map((logs) =>
      logs.map((log) => [log.retention_policy, log.retention_limit, log.size_bytes]),
    );
    return [by, both] as const;
  });

  const kept = sources.map(([by, [, , first]], n) => {
    const [, [, , next]] = sources[(n + 1) % sources.length]!;
    return [by, [first, next].map((each, run) => Array<unknown>(2).fill([...each, WORDS[run]!.length + 1]))] as const;
  });
  expect(Object.fromEntries(await Promise.all(rows))).toEqual(Object.fromEntries(kept));
});
