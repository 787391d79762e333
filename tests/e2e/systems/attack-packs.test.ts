// Spec: a pack that is not what a pack must be is refused whole, tells why, and leaves nothing behind.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { executionToEnd } from '../../../helpers/conditions';
import type { Context } from '../../../helpers/context';
import { offerPack, type Offered } from '../../../helpers/offer-pack';
import { until, type Condition } from '../../../helpers/polling';
import { rawTar, tarOf, type RawEntry } from '../../../helpers/raw-tar';
import { trial } from '../../../helpers/trial';

const MIB = 1_024 * 1_024;
const PROMPT_MS = 5_000;

const manifest = (ref: string, version = '1.0.0'): RawEntry => ({
  path: 'pack.yaml',
  body: `ref: ${ref}\nversion: ${version}\n`,
});
const ECHO = { 'actions/say.yaml': 'entry_point: say.sh\n', 'actions/say.sh': 'echo said\n' };

/** A pack that is there all along, and what it answers. */
async function bystander(ctx: Context): Promise<() => Promise<unknown>> {
  const ref = ctx.name('bystander');
  await offered(ctx, ref, tarOf({ 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...ECHO }));
  return async () => {
    const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.say` });
    const { status, result } = await until(executionToEnd(ctx.client, id), ctx.deadline);
    return [await ctx.client.packs.get(ref), status, (result as { stdout?: string }).stdout];
  };
}

/** A pack that is taken; it goes with the test. */
async function offered(ctx: Context, ref: string, archive: Buffer): Promise<Offered> {
  const answer = await offerPack(ctx.facts, archive);
  if (answer.status === 201) ctx.defer(() => ctx.client.packs.remove(ref));
  return answer;
}

/** What unfinished uploads have left where packs are stored; empty where that is on another host. */
function staging(ctx: Context): string[] {
  const stores = join(dirname(ctx.facts.directory), 'packs');
  if (ctx.facts.kind !== 'started' || !existsSync(stores)) return [];
  return readdirSync(stores).flatMap((tenant) =>
    readdirSync(join(stores, tenant)).filter((name) => name.startsWith('.')),
  );
}

/** All are refused with this reason, in time, and nothing is stored. */
async function refused(ctx: Context, reason: string, ref: string, archives: readonly Buffer[]): Promise<void> {
  for (const archive of archives) {
    const { status, body, ms } = await offerPack(ctx.facts, archive, true);
    expect([status, body.code, (body.details as { reason?: string } | undefined)?.reason]).toEqual([
      400,
      'BAD_REQUEST',
      reason,
    ]);
    expect(ms).toBeLessThan(PROMPT_MS * ctx.facts.loadFactor);
  }
  expect(await ctx.client.packs.getOrNull(ref)).toBeNull();
  await until(stagedToGo(ctx), ctx.deadline);
}

/** Others upload at the same time, and theirs goes as well: what is never cleared away stays. */
function stagedToGo(ctx: Context): Condition<null> {
  let staged = staging(ctx);
  return {
    name: 'what was staged to be cleared away',
    look: () => {
      const there = staging(ctx);
      staged = staged.filter((name) => there.includes(name));
      return Promise.resolve(staged.length === 0 ? { is: 'met', value: null } : { is: 'pending', why: staged.join() });
    },
    evidence: () => Promise.resolve(''),
  };
}

trial('PK-01 an archive with an entry that leaves the pack is refused whole', async (ctx) => {
  const look = await bystander(ctx);
  const before = await look();
  const ref = ctx.name('pack');
  const paths = ['../x', '/etc/x', 'C:/x', 'C:\\x', 'a\\..\\x', 'pack/../../sibling/x', 'a/../../x', '\uFF0E\uFF0E/x'];

  await refused(ctx, 'PACK_UNSAFE_PATH', ref, [
    ...paths.map((path) => rawTar([manifest(ref), { path, body: 'x' }])),
    ...paths.map((path) => rawTar([manifest(ref), { path: 'short', pax: { path }, body: 'x' }])),
    rawTar([manifest(ref), { path: 'a/x', body: '1' }, { path: 'A/X', body: '2' }]),
    rawTar([manifest(ref), { path: 'x', body: '1' }, { path: 'x', body: '2' }]),
    rawTar([manifest(ref), { path: 'x', body: '1' }, { path: './x/y', body: '2' }]),
  ]);

  expect(await look()).toEqual(before);
});

trial('PK-01 the name of a pack is a name, and never the one of the pack that is shipped', async (ctx) => {
  const answer = async (ref: string, force: boolean) =>
    (await offerPack(ctx.facts, rawTar([manifest(ref)]), force)).status;

  expect([await answer('..', true), await answer('a/b', true), await answer('Upper', true)]).toEqual([422, 422, 422]);
  expect([await answer('core', false), await answer('core', true)]).toEqual([409, 403]);
  expect(await ctx.client.packs.getOrNull('core')).toMatchObject({ is_standard: true });
});

trial('PK-02 links, devices, pipes and files that change who runs them are refused', async (ctx) => {
  const ref = ctx.name('pack');
  const entries: RawEntry[] = [
    { path: 'link', type: '2', linkname: '/etc/passwd' },
    { path: 'link', type: '2', linkname: 'pack.yaml' },
    { path: 'link', type: '1', linkname: 'pack.yaml' },
    { path: 'tty', type: '3' },
    { path: 'disk', type: '4' },
    { path: 'pipe', type: '6' },
    { path: 'run', body: 'x', mode: 0o4755 },
    { path: 'run', body: 'x', mode: 0o2755 },
  ];

  await refused(ctx, 'PACK_UNSAFE_ENTRY', ref, [
    ...entries.map((entry) => rawTar([manifest(ref), entry])),
    rawTar([manifest(ref), { path: 'out', type: '2', linkname: '/tmp' }, { path: 'out/x', body: 'x' }]),
  ]);
});

trial(
  'PK-03 what would unpack to more than a pack may hold is refused before it is unpacked',
  async (ctx) => {
    const ref = ctx.name('pack');
    const zeros = Buffer.alloc(40 * MIB);
    const many = Array.from({ length: 10_001 }, (_, n) => ({ path: `f${n}`, body: '' }));
    const deep = `${'d/'.repeat(1_000)}x`;

    await refused(ctx, 'PACK_LIMIT', ref, [
      rawTar([manifest(ref), ...['a', 'b', 'c'].map((path) => ({ path, body: zeros }))]),
      rawTar([manifest(ref), { path: 'big', body: Buffer.alloc(50 * MIB + 1) }]),
      rawTar([manifest(ref), ...many]),
      rawTar([manifest(ref), { path: 'short', pax: { path: deep }, body: 'x' }]),
      rawTar([manifest(ref), { path: 'lies', body: 'x', size: 1_024 * MIB }]),
      rawTar([manifest(ref), { path: 'lies', body: 'x', pax: { size: String(10 ** 15) } }]),
      rawTar([manifest(ref), { path: 'holes', type: 'S', body: '' }]),
    ]);
  },
  60,
);

trial('PK-03 an archive larger than an upload may be is refused, and what is no archive too', async (ctx) => {
  const ref = ctx.name('pack');

  await refused(ctx, 'PACK_LIMIT', ref, [Buffer.alloc(50 * MIB + 1, 'x')]);
  await refused(ctx, 'PACK_BAD_ARCHIVE', ref, [
    Buffer.from('no archive'),
    gzipSync('no tar'),
    gzipSync(rawTar([manifest(ref)])),
    rawTar([manifest(ref)]).subarray(0, 60),
    rawTar([]),
  ]);
  await refused(ctx, 'PACK_NO_MANIFEST', ref, [rawTar([{ path: 'readme', body: 'x' }])]);
});

trial('PK-03 an archive inside a pack is a file like any other', async (ctx) => {
  const ref = ctx.name('pack');
  const bomb = gzipSync(Buffer.alloc(200 * MIB), { level: 9 });

  const answer = await offered(ctx, ref, rawTar([manifest(ref), { path: 'bomb.tar.gz', body: bomb }]));

  expect(answer.status).toBe(201);
});

trial('PK-04 a component that names a file outside its pack is left out, with a warning', async (ctx) => {
  const ref = ctx.name('pack');
  const names = ['../../x.py', '/etc/passwd', '..', '.', 'a\\\\b.py', '-c', '$(id).py', 'a\\nb.py'];
  const files = Object.fromEntries([
    ...names.map((name, n) => [
      `actions/a${n}.yaml`,
      `ref: ${ref}.a${n}\nrunner_type: python\nentry_point: "${name}"\n`,
    ]),
    ['actions/flow.yaml', `ref: ${ref}.flow\nworkflow_file: ../../flow.yaml\n`],
  ]) as Record<string, string>;

  const { status, body } = await offered(ctx, ref, tarOf({ 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...files }));

  expect(status).toBe(201);
  const { warnings = [] } = body.data as { warnings?: string[] };
  expect(warnings.map((warning) => warning.split(':')[0]).sort()).toEqual(Object.keys(files).sort());
  const execute = ctx.client.executions.execute({ action_ref: `${ref}.a0` });
  await expect(execute).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

trial(
  'PK-04 an action made through the API names no file outside its pack, and a registration no directory outside the roots',
  async (ctx) => {
    const pack = await ctx.pack('e2e');
    const action = (entrypoint: string) =>
      ctx.client.actions.create({
        ref: `${pack.ref}.out`,
        pack_ref: pack.ref,
        label: 'Out',
        entrypoint,
        runtime_ref: 'core.python',
      });

    for (const name of ['../../x.py', '/etc/passwd', 'a/../../../x.py'])
      await expect(action(name)).rejects.toMatchObject({ status: 422 });
    for (const path of ['/etc', '/', 'packs/e2e', '/proc/self/cwd/packs/e2e', `${dirname(ctx.facts.directory)}/packs`])
      await expect(ctx.client.packs.register({ path })).rejects.toMatchObject({
        status: 400,
        body: { details: { reason: 'PATH_FORBIDDEN' } },
      });
  },
);

trial(
  'IN-07 YAML that builds itself up or names code is refused in pack.yaml, and left out with a warning elsewhere',
  async (ctx) => {
    const ref = ctx.name('pack');
    const laughs = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]!}`).join(',')}]`),
    ].join('\n');
    const code = 'run: !!js/function "function () { return 1 }"';
    const other = 'run: !!python/object/apply:os.system ["true"]';
    const head = `ref: ${ref}\nversion: 1.0.0\n`;

    for (const text of [laughs, code, other]) {
      const { status, body } = await offerPack(ctx.facts, tarOf({ 'pack.yaml': `${head}${text}\n` }), true);
      expect([status, (body.details as { reason?: string }).reason]).toEqual([400, 'PACK_BAD_MANIFEST']);
    }
    const components = {
      'actions/a.yaml': laughs,
      'actions/b.yaml': `ref: ${ref}.b\n${code}\n`,
      'rules/c.yaml': other,
    };
    const answer = await offered(ctx, ref, tarOf({ 'pack.yaml': head, ...components, ...ECHO }));
    const { warnings = [] } = answer.body.data as { warnings?: string[] };

    expect(warnings.map((warning) => warning.split(':')[0])).toEqual(Object.keys(components));
    expect((await ctx.client.packs.actions(ref)).map((action) => action.ref)).toEqual([`${ref}.say`]);
  },
);
