// Spec: an invalid pack is rejected as a whole, with a reason, and leaves no files.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createClient } from '../../../helpers/client/client';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { packStorage } from '../support/pack-storage';
import { uploadRawPack, type UploadResponse } from '../support/upload-raw-pack';
import { until } from '../../../helpers/scenario/polling';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { rawTar, plainTar, type RawEntry } from '../support/raw-tar';
import { systemTest } from '../support/system-test';
import { referenceTo, SCHEMA_BOMBS } from '../support/schema-bombs';

const MIB = 1_024 * 1_024;
const RESPONSE_LIMIT_MS = 5_000;

const manifest = (ref: string): RawEntry => ({
  path: 'pack.yaml',
  body: `ref: ${ref}\nversion: 1.0.0\n`,
});
const ECHO = { 'actions/echo.yaml': 'entry_point: echo.sh\n', 'actions/echo.sh': 'echo text\n' };

/** Uploads another pack. Returns a function that reads its record and runs its action. */
async function installUnrelatedPack(ctx: Context): Promise<() => Promise<unknown>> {
  const ref = ctx.name('unrelated');
  await uploadPack(ctx, ref, plainTar({ 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...ECHO }));
  return async () => {
    const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.echo` });
    const { status, result } = await until(executionToEnd(ctx.client, id), ctx.deadline);
    return [await ctx.client.packs.get(ref), status, (result as { stdout?: string }).stdout];
  };
}

/** Uploads a pack; if it is accepted, it is removed after the test. */
async function uploadPack(ctx: Context, ref: string, archive: Buffer): Promise<UploadResponse> {
  const response = await uploadRawPack(ctx.facts, archive);
  if (response.status === 201) ctx.defer(() => ctx.client.packs.remove(ref));
  return response;
}

/** A caller that uploads, and where its unfinished uploads are. */
interface Uploader {
  readonly token: string;
  /** Names of unfinished uploads: of a tenant of its own, in which no other test uploads. */
  staged(): string[];
}

/** On a platform of another host, whose files cannot be read, the caller of the run. */
async function createUploader(ctx: Context): Promise<Uploader> {
  if (ctx.facts.kind !== 'started') return { token: ctx.facts.token, staged: () => [] };
  const { id, token } = await createTestTenant(ctx, 'uploader');
  const storage = join(packStorage(ctx.facts), String(id));
  return { token, staged: () => (existsSync(storage) ? readdirSync(storage) : []) };
}

/** Every archive is rejected with this reason, within the time limit, and nothing is stored. */
async function expectRejected(ctx: Context, reason: string, ref: string, archives: readonly Buffer[]): Promise<void> {
  const { url, loadFactor } = ctx.facts;
  const { token, staged } = await createUploader(ctx);
  for (const archive of archives) {
    const { status, body, ms } = await uploadRawPack({ url, token }, archive, true);
    expect([status, body.code, (body.details as { reason?: string } | undefined)?.reason]).toEqual([
      400,
      'BAD_REQUEST',
      reason,
    ]);
    expect(ms).toBeLessThan(RESPONSE_LIMIT_MS * loadFactor);
    expect(staged()).toEqual([]);
  }
  expect(await createClient({ baseUrl: url, token }).packs.getOrNull(ref)).toBeNull();
}

systemTest('PK-01 an archive with a path outside the pack is rejected', async (ctx) => {
  const readUnrelatedPack = await installUnrelatedPack(ctx);
  const before = await readUnrelatedPack();
  const ref = ctx.name('pack');
  const paths = ['../x', '/etc/x', 'C:/x', 'C:\\x', 'a\\..\\x', 'pack/../../sibling/x', 'a/../../x', '\uFF0E\uFF0E/x'];

  await expectRejected(ctx, 'PACK_UNSAFE_PATH', ref, [
    ...paths.map((path) => rawTar([manifest(ref), { path, body: 'x' }])),
    ...paths.map((path) => rawTar([manifest(ref), { path: 'short', pax: { path }, body: 'x' }])),
    rawTar([manifest(ref), { path: 'a/x', body: '1' }, { path: 'A/X', body: '2' }]),
    rawTar([manifest(ref), { path: 'x', body: '1' }, { path: 'x', body: '2' }]),
    rawTar([manifest(ref), { path: 'x', body: '1' }, { path: './x/y', body: '2' }]),
  ]);

  expect(await readUnrelatedPack()).toEqual(before);
});

systemTest('PK-01 an invalid pack name or the name of the core pack is rejected', async (ctx) => {
  const uploadStatus = async (ref: string, force: boolean) =>
    (await uploadRawPack(ctx.facts, rawTar([manifest(ref)]), force)).status;

  expect([await uploadStatus('..', true), await uploadStatus('a/b', true), await uploadStatus('Upper', true)]).toEqual([
    422, 422, 422,
  ]);
  expect([await uploadStatus('core', false), await uploadStatus('core', true)]).toEqual([409, 403]);
  expect(await ctx.client.packs.getOrNull('core')).toMatchObject({ is_standard: true });
});

systemTest('PK-02 links, devices, pipes and setuid files are rejected', async (ctx) => {
  const ref = ctx.name('pack');
  const entries: RawEntry[] = [
    { path: 'link', type: '2', linkname: '/etc/passwd' },
    { path: 'link', type: '2', linkname: 'pack.yaml' },
    { path: 'link', type: '1', linkname: 'pack.yaml' },
    { path: 'file', body: 'x', pax: { linkpath: '../../outside' } },
    { path: 'tty', type: '3' },
    { path: 'disk', type: '4' },
    { path: 'pipe', type: '6' },
    { path: 'run', body: 'x', mode: 0o4755 },
    { path: 'run', body: 'x', mode: 0o2755 },
  ];

  await expectRejected(ctx, 'PACK_UNSAFE_ENTRY', ref, [
    ...entries.map((entry) => rawTar([manifest(ref), entry])),
    rawTar([manifest(ref), { path: 'out', type: '2', linkname: '/tmp' }, { path: 'out/x', body: 'x' }]),
  ]);
});

systemTest('PK-03 an archive above the size, count or depth limit is rejected', 60, async (ctx) => {
  const ref = ctx.name('pack');
  const zeros = Buffer.alloc(40 * MIB);
  const many = Array.from({ length: 10_001 }, (_, n) => ({ path: `f${n}`, body: '' }));
  const deep = `${'d/'.repeat(1_000)}x`;

  await expectRejected(ctx, 'PACK_LIMIT', ref, [
    rawTar([manifest(ref), ...['a', 'b', 'c'].map((path) => ({ path, body: zeros }))]),
    rawTar([manifest(ref), { path: 'big', body: Buffer.alloc(50 * MIB + 1) }]),
    rawTar([manifest(ref), ...many]),
    rawTar([manifest(ref), { path: 'short', pax: { path: deep }, body: 'x' }]),
    rawTar([manifest(ref), { path: 'wrong-size', body: 'x', size: 1_024 * MIB }]),
    rawTar([manifest(ref), { path: 'wrong-size', body: 'x', pax: { size: String(10 ** 15) } }]),
    rawTar([manifest(ref), { path: 'sparse', type: 'S', body: '' }]),
  ]);
});

systemTest('PK-03 zeros after the end of an archive are read in seconds', 60, async (ctx) => {
  const ref = ctx.name('pack');
  const zeros = gzipSync(Buffer.alloc(130 * MIB), { level: 1 });

  await expectRejected(ctx, 'PACK_LIMIT', ref, [Buffer.concat([rawTar([manifest(ref)]), zeros])]);
});

systemTest('PK-03 an oversized upload and an invalid archive are rejected', async (ctx) => {
  const ref = ctx.name('pack');

  await expectRejected(ctx, 'PACK_LIMIT', ref, [Buffer.alloc(50 * MIB + 1, 'x')]);
  await expectRejected(ctx, 'PACK_BAD_ARCHIVE', ref, [
    Buffer.from('no archive'),
    gzipSync('no tar'),
    gzipSync(rawTar([manifest(ref)])),
    rawTar([manifest(ref)]).subarray(0, 60),
    rawTar([]),
  ]);
  await expectRejected(ctx, 'PACK_NO_MANIFEST', ref, [rawTar([{ path: 'readme', body: 'x' }])]);
});

systemTest('PK-03 an archive inside a pack is stored without being unpacked', async (ctx) => {
  const ref = ctx.name('pack');
  const compressed = gzipSync(Buffer.alloc(200 * MIB), { level: 9 });

  const response = await uploadPack(ctx, ref, rawTar([manifest(ref), { path: 'bomb.tar.gz', body: compressed }]));

  expect(response.status).toBe(201);
});

systemTest('PK-04 a component with a file outside its pack is skipped with a warning', async (ctx) => {
  const ref = ctx.name('pack');
  const names = ['../../x.py', '/etc/passwd', '..', '.', 'a\\\\b.py', '-c', '$(id).py', 'a\\nb.py'];
  const files = Object.fromEntries([
    ...names.map((name, n) => [
      `actions/a${n}.yaml`,
      `ref: ${ref}.a${n}\nrunner_type: python\nentry_point: "${name}"\n`,
    ]),
    ['actions/flow.yaml', `ref: ${ref}.flow\nworkflow_file: ../../flow.yaml\n`],
  ]) as Record<string, string>;

  const { status, body } = await uploadPack(
    ctx,
    ref,
    plainTar({ 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...files }),
  );

  expect(status).toBe(201);
  const { warnings = [] } = body.data as { warnings?: string[] };
  expect(warnings.map((warning) => warning.split(':')[0]).sort()).toEqual(Object.keys(files).sort());
  const execute = ctx.client.executions.execute({ action_ref: `${ref}.a0` });
  await expect(execute).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

systemTest('PK-04 API calls with paths outside the pack or its roots are rejected', async (ctx) => {
  const pack = await ctx.ownCopy('e2e'); // actions are added to it
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
  const stores = ctx.facts.incoming === null ? [] : [packStorage(ctx.facts)];
  for (const path of ['/etc', '/', 'packs/e2e', '/proc/self/cwd/packs/e2e', ...stores])
    await expect(ctx.client.packs.register({ path })).rejects.toMatchObject({
      status: 400,
      body: { details: { reason: 'PATH_FORBIDDEN' } },
    });
});

systemTest('IN-07 a schema without an end or a bound is rejected', async (ctx) => {
  const pack = await ctx.ownCopy('e2e'); // actions are added to it
  const ref = `${pack.ref}.bomb`;
  const body = { ref, pack_ref: pack.ref, label: 'Bomb', entrypoint: 'true', runtime_ref: 'core.shell' };
  const tree = { type: 'object', properties: { left: referenceTo('tree'), right: referenceTo('tree') } };

  for (const schema of Object.values(SCHEMA_BOMBS)) {
    const create = ctx.client.actions.create({ ...body, param_schema: schema });
    await expect(create).rejects.toMatchObject({
      status: 422,
      code: 'VALIDATION_ERROR',
      body: { details: { reason: 'SCHEMA_LIMIT' } },
    });
  }
  await expect(ctx.client.actions.get(ref)).rejects.toMatchObject({ status: 404 });
  const nested = `${'{"allOf":['.repeat(10_000)}{}${']}'.repeat(10_000)}`;
  const sent = await fetch(`${ctx.facts.url}/api/v1/actions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ctx.facts.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, param_schema: 'nested' }).replace('"nested"', nested),
  });
  expect(sent.status).toBe(400);
  const stored = await ctx.client.actions.create({
    ...body,
    param_schema: { type: 'object', $defs: { tree }, properties: { root: referenceTo('tree') } },
  });
  expect(stored.ref).toBe(ref);
});

systemTest('IN-07 a component with a schema without an end is skipped', async (ctx) => {
  const ref = ctx.name('pack');
  const components = Object.fromEntries(
    Object.entries(SCHEMA_BOMBS).map(([name, parameters]) => [
      `actions/${name}.yaml`,
      JSON.stringify({ ref: `${ref}.${name}`, entry_point: 'echo.sh', parameters }),
    ]),
  );

  const response = await uploadPack(
    ctx,
    ref,
    plainTar({ 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...components, ...ECHO }),
  );

  const { warnings = [] } = response.body.data as { warnings?: string[] };
  expect(warnings.map((warning) => warning.split(':')[0]).sort()).toEqual(Object.keys(components).sort());
  expect((await ctx.client.packs.actions(ref)).map((action) => action.ref)).toEqual([`${ref}.echo`]);
});

systemTest('IN-07 YAML with an alias bomb or a code tag is rejected', async (ctx) => {
  const ref = ctx.name('pack');
  const aliasBomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]!}`).join(',')}]`),
  ].join('\n');
  const jsTag = 'run: !!js/function "function () { return 1 }"';
  const pythonTag = 'run: !!python/object/apply:os.system ["true"]';
  const head = `ref: ${ref}\nversion: 1.0.0\n`;

  for (const text of [aliasBomb, jsTag, pythonTag]) {
    const { status, body } = await uploadRawPack(ctx.facts, plainTar({ 'pack.yaml': `${head}${text}\n` }), true);
    expect([status, (body.details as { reason?: string }).reason]).toEqual([400, 'PACK_BAD_MANIFEST']);
  }
  const components = {
    'actions/a.yaml': aliasBomb,
    'actions/b.yaml': `ref: ${ref}.b\n${jsTag}\n`,
    'rules/c.yaml': pythonTag,
  };
  const response = await uploadPack(ctx, ref, plainTar({ 'pack.yaml': head, ...components, ...ECHO }));
  const { warnings = [] } = response.body.data as { warnings?: string[] };

  expect(warnings.map((warning) => warning.split(':')[0])).toEqual(Object.keys(components));
  expect((await ctx.client.packs.actions(ref)).map((action) => action.ref)).toEqual([`${ref}.echo`]);
});
