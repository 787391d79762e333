// Spec: an installed pack stays unchanged until a valid one replaces it; runs keep their files.
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  environmentToBe,
  executionToBe,
  executionToEnd,
} from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { storedPack } from '../support/pack-storage';
import { uploadRawPack } from '../support/upload-raw-pack';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { plainTar } from '../support/raw-tar';
import { systemTest, systemTestNeeding } from '../support/system-test';

const RUN_COUNT = 10;

/** Reads `gate` from stdin, which may have more lines: one per system key of the target. */
const READ_GATE = `while IFS= read -r line; do case $line in gate=*) gate=\${line#*=\\'}; gate=\${gate%\\'} ;; esac; done`;

/** A pack whose action waits for the file `gate` and then prints a file of its pack. */
const gatedPack = (ref: string, version: string, text: string): Buffer =>
  plainTar({
    'pack.yaml': `ref: ${ref}\nversion: ${version}\n`,
    'actions/late.yaml': `ref: ${ref}.late\nentry_point: late.sh\nparameter_format: dotenv\nparameters: {gate: {type: string}}\n`,
    'actions/late.sh': `${READ_GATE}\nuntil [ -e "$gate" ]; do sleep 0.2; done\ncat lib/text\n`,
    'lib/text': text,
  });

interface GatedRuns {
  readonly ref: string;
  openGate(): void;
  outputs(): Promise<unknown[]>;
}

/** Uploads the first version and starts its action `RUN_COUNT` times; all wait for the gate. */
async function startGatedRuns(ctx: Context): Promise<GatedRuns> {
  const ref = ctx.name('pack');
  const gate = join(ctx.facts.directory, ctx.name('gate'));
  expect((await uploadRawPack(ctx.facts, gatedPack(ref, '1.0.0', 'first'))).status).toBe(201);
  const startRun = () => ctx.client.executions.execute({ action_ref: `${ref}.late`, parameters: { gate } });
  const runs = await Promise.all(Array.from({ length: RUN_COUNT }, startRun));
  for (const { id } of runs) await until(executionToBe('running', ctx.client, id), ctx.deadline);
  ctx.defer(() => rmSync(gate, { force: true }));
  return {
    ref,
    openGate: () => writeFileSync(gate, ''),
    outputs: async () => {
      const executions = await Promise.all(runs.map(({ id }) => until(executionToEnd(ctx.client, id), ctx.deadline)));
      return executions.map(({ status, result }) => [status, (result as { stdout?: string }).stdout]);
    },
  };
}

/** The unused files of a pack that was replaced after all others have been removed. */
async function cleanupToPass(ctx: Context): Promise<Condition<true>> {
  const ref = ctx.name('fence');
  await uploadRawPack(ctx.facts, gatedPack(ref, '1.0.0', 'fence'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const stored = storedPack(ctx.facts, ref);
  await uploadRawPack(ctx.facts, gatedPack(ref, '2.0.0', 'fence'), true);
  return {
    name: `the replaced files of ${ref} to be removed`,
    check: () => Promise.resolve(existsSync(stored) ? { is: 'pending', why: stored } : { is: 'met', value: true }),
    evidence: () => Promise.resolve(''),
  };
}

/** These tests read the files of the platform. */
const systemTestWithFiles = systemTestNeeding('host.files');

systemTestWithFiles('PK-06 running executions keep their files when the pack is replaced', async (ctx) => {
  const first = await startGatedRuns(ctx);
  ctx.defer(() => ctx.client.packs.remove(first.ref));

  expect((await uploadRawPack(ctx.facts, gatedPack(first.ref, '2.0.0', 'second'), true)).status).toBe(201);
  await until(await cleanupToPass(ctx), ctx.deadline);
  first.openGate();

  expect(await first.outputs()).toEqual(Array(RUN_COUNT).fill(['completed', 'first']));
  const parameters = { gate: '/' };
  const { id } = await ctx.client.executions.execute({ action_ref: `${first.ref}.late`, parameters });
  const { result } = await until(executionToEnd(ctx.client, id), ctx.deadline);
  expect(result).toMatchObject({ stdout: 'second' });
});

systemTestWithFiles('PK-06 running executions keep their files when the pack is deleted', async (ctx) => {
  const first = await startGatedRuns(ctx);

  await ctx.client.packs.remove(first.ref);
  await until(await cleanupToPass(ctx), ctx.deadline);
  first.openGate();

  expect(await first.outputs()).toEqual(Array(RUN_COUNT).fill(['completed', 'first']));
  const newRun = ctx.client.executions.execute({ action_ref: `${first.ref}.late` });
  await expect(newRun).rejects.toMatchObject({ status: 404 });
});

systemTestWithFiles('PK-06 a rejected registration leaves the installed pack unchanged', async (ctx) => {
  const ref = ctx.name('pack');
  await uploadRawPack(ctx.facts, gatedPack(ref, '1.0.0', 'first'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const before = await ctx.client.packs.get(ref);

  const conflict = await uploadRawPack(ctx.facts, gatedPack(ref, '2.0.0', 'second'));
  const broken = await uploadRawPack(ctx.facts, plainTar({ 'pack.yaml': `ref: ${ref}\nversion: two\n` }), true);
  await until(await cleanupToPass(ctx), ctx.deadline);

  expect([conflict.status, broken.status]).toEqual([409, 422]);
  expect(await ctx.client.packs.get(ref)).toEqual(before);
  const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.late`, parameters: { gate: '/' } });
  expect((await until(executionToEnd(ctx.client, id), ctx.deadline)).result).toMatchObject({ stdout: 'first' });
});

systemTestWithFiles('PK-02 an entry point that became a symbolic link is not run', async (ctx) => {
  const ref = ctx.name('pack');
  await uploadRawPack(ctx.facts, gatedPack(ref, '1.0.0', 'first'));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const script = join(storedPack(ctx.facts, ref), 'actions', 'late.sh');
  const canary = join(ctx.facts.directory, ctx.name('canary'));
  const outside = join(ctx.facts.directory, ctx.name('outside.sh'));
  writeFileSync(outside, `touch ${canary}\n`);
  rmSync(script);
  symlinkSync(outside, script);

  const { id } = await ctx.client.executions.execute({ action_ref: `${ref}.late` });
  const execution = await until(executionToEnd(ctx.client, id), ctx.deadline);

  expect(execution.status).toBe('failed');
  expect(JSON.stringify(execution.result)).toContain('ENTRY_POINT_FORBIDDEN');
  expect(existsSync(canary)).toBe(false);
  rmSync(outside);
});

systemTestWithFiles('PK-05 installing dependencies runs no code of theirs', async (ctx) => {
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
    expect((await uploadRawPack(ctx.facts, plainTar(files))).status).toBe(201);
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
});

systemTest('PK-07 a pack source that is a program, file or internal URL is rejected', async (ctx) => {
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
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
  expect([connections, existsSync(canary)]).toEqual([0, false]);
});
