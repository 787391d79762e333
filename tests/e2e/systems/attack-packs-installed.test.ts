// Spec: what is installed stays as it was until something whole takes its place, and runs end on the files they began with.
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environmentToBe, executionToBe, executionToEnd } from '../../../helpers/conditions';
import type { Context } from '../../../helpers/context';
import { offerPack } from '../../../helpers/offer-pack';
import { until, type Condition } from '../../../helpers/polling';
import { tarOf } from '../../../helpers/raw-tar';
import { currentRun } from '../../../helpers/run';
import { trial, trialIf } from '../../../helpers/trial';

const RUNS = 10;

/** Its `gate` among the lines of its input, which are more where somebody keeps keys of the system. */
const READ_GATE = `while IFS= read -r line; do case $line in gate=*) gate=\${line#*=\\'}; gate=\${gate%\\'} ;; esac; done`;

/** A pack whose action waits until the file `gate` is there, and only then reads a file of its pack. */
const gated = (ref: string, version: string, word: string): Buffer =>
  tarOf({
    'pack.yaml': `ref: ${ref}\nversion: ${version}\n`,
    'actions/late.yaml': `ref: ${ref}.late\nentry_point: late.sh\nparameter_format: dotenv\nparameters: {gate: {type: string}}\n`,
    'actions/late.sh': `${READ_GATE}\nuntil [ -e "$gate" ]; do sleep 0.2; done\ncat lib/word\n`,
    'lib/word': word,
  });

interface Running {
  readonly ref: string;
  readonly runs: readonly { readonly id: number }[];
  open(): void;
  words(): Promise<unknown[]>;
}

/** Uploads the first version and has it run `RUNS` times, all waiting at the gate. */
async function running(ctx: Context): Promise<Running> {
  const ref = ctx.name('pack');
  const gate = join(ctx.facts.directory, ctx.name('gate'));
  expect((await offerPack(ctx.facts, gated(ref, '1.0.0', 'first'))).status).toBe(201);
  const start = () => ctx.client.executions.execute({ action_ref: `${ref}.late`, parameters: { gate } });
  const runs = await Promise.all(Array.from({ length: RUNS }, start));
  for (const { id } of runs) await until(executionToBe('running', ctx.client, id), ctx.deadline);
  ctx.defer(() => rmSync(gate, { force: true }));
  return {
    ref,
    runs,
    open: () => writeFileSync(gate, ''),
    words: async () => {
      const ends = await Promise.all(runs.map(({ id }) => until(executionToEnd(ctx.client, id), ctx.deadline)));
      return ends.map(({ status, result }) => [status, (result as { stdout?: string }).stdout]);
    },
  };
}

/** Met when files that nothing uses have been cleared away: those of a pack that was replaced after all others. */
async function clearanceToPass(ctx: Context): Promise<Condition<true>> {
  const ref = ctx.name('fence');
  await offerPack(ctx.facts, gated(ref, '1.0.0', 'fence'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const stored = storageOf(ctx, ref);
  await offerPack(ctx.facts, gated(ref, '2.0.0', 'fence'), true);
  return {
    name: `the old files of ${ref} to be cleared away`,
    look: () => Promise.resolve(existsSync(stored) ? { is: 'pending', why: stored } : { is: 'met', value: true }),
    evidence: () => Promise.resolve(''),
  };
}

/** Where the only files of a pack are stored. */
function storageOf({ facts }: Context, ref: string): string {
  const stores = join(dirname(facts.directory), 'packs');
  const [stored] = readdirSync(stores)
    .map((tenant) => join(stores, tenant, ref))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((version) => join(path, version)));
  if (stored === undefined) throw new Error(`${ref} has no files below ${stores}`);
  return stored;
}

/** They look at the files of the platform, so it must be one on this host. */
const hosted = trialIf(currentRun().kind === 'started');

hosted('PK-06 runs end on the files they began with when their pack is replaced under them', async (ctx) => {
  const first = await running(ctx);
  ctx.defer(() => ctx.client.packs.remove(first.ref));

  expect((await offerPack(ctx.facts, gated(first.ref, '2.0.0', 'second'), true)).status).toBe(201);
  await until(await clearanceToPass(ctx), ctx.deadline);
  first.open();

  expect(await first.words()).toEqual(Array(RUNS).fill(['completed', 'first']));
  const parameters = { gate: '/' };
  const { id } = await ctx.client.executions.execute({ action_ref: `${first.ref}.late`, parameters });
  const { result } = await until(executionToEnd(ctx.client, id), ctx.deadline);
  expect(result).toMatchObject({ stdout: 'second' });
});

hosted('PK-06 runs of a pack that is deleted end as they would have, and no new one begins', async (ctx) => {
  const first = await running(ctx);

  await ctx.client.packs.remove(first.ref);
  await until(await clearanceToPass(ctx), ctx.deadline);
  first.open();

  expect(await first.words()).toEqual(Array(RUNS).fill(['completed', 'first']));
  const again = ctx.client.executions.execute({ action_ref: `${first.ref}.late` });
  await expect(again).rejects.toMatchObject({ status: 404 });
});

hosted('PK-06 a registration that is refused costs the installed pack nothing', async (ctx) => {
  const ref = ctx.name('pack');
  await offerPack(ctx.facts, gated(ref, '1.0.0', 'first'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const before = await ctx.client.packs.get(ref);

  const taken = await offerPack(ctx.facts, gated(ref, '2.0.0', 'second'));
  const broken = await offerPack(ctx.facts, tarOf({ 'pack.yaml': `ref: ${ref}\nversion: two\n` }), true);
  await until(await clearanceToPass(ctx), ctx.deadline);

  expect([taken.status, broken.status]).toEqual([409, 422]);
  expect(await ctx.client.packs.get(ref)).toEqual(before);
  const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.late`, parameters: { gate: '/' } });
  expect((await until(executionToEnd(ctx.client, id), ctx.deadline)).result).toMatchObject({ stdout: 'first' });
});

hosted('PK-02 an entry point that has become a link since its registration is not run', async (ctx) => {
  const ref = ctx.name('pack');
  await offerPack(ctx.facts, gated(ref, '1.0.0', 'first'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const script = join(storageOf(ctx, ref), 'actions', 'late.sh');
  const canary = join(ctx.facts.directory, ctx.name('canary'));
  const outside = join(ctx.facts.directory, ctx.name('outside.sh'));
  writeFileSync(outside, `touch ${canary}\n`);
  rmSync(script);
  symlinkSync(outside, script);

  const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.late` });
  const ended = await until(executionToEnd(ctx.client, id), ctx.deadline);

  expect(ended.status).toBe('failed');
  expect(JSON.stringify(ended.result)).toContain('ENTRY_POINT_FORBIDDEN');
  expect(existsSync(canary)).toBe(false);
  rmSync(outside);
});

hosted(
  'PK-05 no code of a dependency runs while it is installed, and sources that are programs are refused by name',
  async (ctx) => {
    const canary = join(ctx.facts.directory, ctx.name('canary'));
    const script = `touch ${canary}`;
    const manifests: Record<string, string> = {
      scripts: JSON.stringify({
        scripts: { preinstall: script, install: script, postinstall: script, prepare: script },
      }),
      git: JSON.stringify({ dependencies: { evil: `git+ssh://git@127.0.0.1:1/${canary}.git` } }),
      file: JSON.stringify({ dependencies: { evil: 'file:../../..' } }),
      http: JSON.stringify({ dependencies: { evil: 'http://127.0.0.1:1/evil.tgz' } }),
    };
    const outcomes: Record<string, [string, string | null]> = {};
    for (const [name, text] of Object.entries(manifests)) {
      const ref = ctx.name(name);
      const npmrc = `ignore-scripts=false\nscript-shell=${canary}\n`;
      const files = { 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, 'package.json': text, '.npmrc': npmrc };
      expect((await offerPack(ctx.facts, tarOf(files))).status).toBe(201);
      ctx.defer(() => ctx.client.packs.remove(ref));
      const status = name === 'scripts' ? 'ready' : 'failed';
      const environment = await until(environmentToBe(status, ctx.client, ref, 'nodejs'), ctx.deadline);
      outcomes[name] = [environment.status, environment.failing_requirement];
    }

    expect(outcomes).toMatchObject({
      scripts: ['ready', null],
      git: ['failed', expect.stringContaining('evil')],
      file: ['failed', expect.stringContaining('evil')],
      http: ['failed', expect.stringContaining('evil')],
    });
    expect(existsSync(canary)).toBe(false);
  },
);

trial(
  'PK-07 a source that names a program, a file or an address inside is refused, and nobody is asked',
  async (ctx) => {
    let asked = 0;
    const listener = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    ctx.defer(() => new Promise<void>((done) => listener.close(() => done())));
    const { port } = listener.address() as AddressInfo;
    const canary = join(ctx.facts.directory, ctx.name('canary'));
    const sources = [
      `ext::sh -c touch% ${canary}`,
      `--upload-pack=touch ${canary}`,
      '-oProxyCommand=true',
      'file:///etc',
      `ssh://-oProxyCommand=touch@127.0.0.1:${port}/x`,
      `git@127.0.0.1:x.git`,
      `git://127.0.0.1:${port}/x`,
      `http://127.0.0.1:${port}/pack.tar.gz`,
      `http://localhost:${port}/pack.tar.gz`,
      `http://[::ffff:127.0.0.1]:${port}/pack.tar.gz`,
      `http://2130706433:${port}/pack.tar.gz`,
      'http://169.254.169.254/latest/meta-data',
      'http://metadata.google.internal/computeMetadata/v1/',
    ];

    for (const source of sources)
      await expect(ctx.client.packs.install({ source })).rejects.toMatchObject({
        status: 400,
        body: { details: { reason: 'SOURCE_FORBIDDEN' } },
      });
    expect([asked, existsSync(canary)]).toEqual([0, false]);
  },
);
