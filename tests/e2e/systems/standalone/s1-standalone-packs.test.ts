// Spec: an execution on a worker elsewhere runs the files that its pack had when it was claimed.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/commands/command-line';
import { startNetworkProxy } from '../../../../helpers/fixtures/network-proxy';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { ledgerToHave, writeEntry } from '../../support/ledger-commands';
import { createWorkerDirectory, startStandaloneWorker } from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';
import { plainTar } from '../../support/raw-tar';
import { uploadRawPack } from '../../support/upload-raw-pack';

const test = systemTestNeeding('workers.standalone', 'host.processes', 'ledger.shared');

const LIMIT_SECONDS = 60;
const DIGEST = /^[0-9a-f]{64}$/;
const IN_CLAIM = /("packDigest":")[0-9a-f]{64}/g;

/** The file for which the action of the pack waits. */
const goFile = ({ ledger }: Context): string => `${ledger.path}.go`;

/** Uploads a pack with one action, `read`, which prints this word of another file. */
async function uploadPack(ctx: Context, ref: string, word: string): Promise<void> {
  const files = {
    'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`,
    'lib/word': word,
    'actions/read.yaml': 'name: read\nlabel: read\nrunner_type: shell\nentry_point: read.sh\noutput_format: json\n',
    'actions/read.sh': [
      writeEntry(ctx, 'read', 'start'),
      `until [ -e '${goFile(ctx)}' ]; do sleep 0.05; done`,
      'printf \'"%s"\' "$(cat lib/word)"',
    ].join('\n'),
  };
  const { status } = await uploadRawPack(ctx.facts, plainTar(files), true);
  expect(status).toBe(201);
}

/** Names of the directories with the files of packs, of all tenants. */
const keptPacks = (directory: string): string[] =>
  readdirSync(join(directory, 'packs')).flatMap((tenant) => readdirSync(join(directory, 'packs', tenant)));

test('S1-59 a pack that changes has its old files for what has started', LIMIT_SECONDS, async (ctx) => {
  const { client, deadline } = ctx;
  const directory = createWorkerDirectory(ctx);
  const { placement } = await startStandaloneWorker(ctx, { args: ['--directory', directory] });
  const another = ['worker', '--api', ctx.facts.url, '--name', 'w', '--token', 'x', '--directory', directory];
  const refused = runCommand(ctx, another);
  const ref = ctx.name('pack');
  ctx.defer(() => client.packs.remove(ref));

  await uploadPack(ctx, ref, 'old');
  const first = await client.executions.execute({ action_ref: `${ref}.read`, ...placement });
  await until(ledgerToHave(1, ctx, 'read'), deadline);
  await uploadPack(ctx, ref, 'new');
  const second = await client.executions.execute({ action_ref: `${ref}.read`, ...placement });
  await until(ledgerToHave(2, ctx, 'read'), deadline);
  writeFileSync(goFile(ctx), '');

  expect(await refused).toMatchObject({ code: 2, stderr: expect.stringContaining('another worker uses it') });
  const ended = [first, second].map(({ id }) => until(executionToBe('completed', client, id), deadline));
  const results = (await Promise.all(ended)).map(({ result }) => (result as { data: unknown }).data);
  expect(results).toEqual(['old', 'new']);
  expect(keptPacks(directory)).toEqual([expect.stringMatching(DIGEST), expect.stringMatching(DIGEST)]);
});

test('S1-59 files of another digest are refused, and nothing of them runs', LIMIT_SECONDS, async (ctx) => {
  const { client, deadline, ledger } = ctx;
  let isAltered = true;
  const alter = (bytes: Buffer) =>
    isAltered ? Buffer.from(bytes.toString('latin1').replace(IN_CLAIM, `$1${'0'.repeat(64)}`), 'latin1') : bytes;
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: ctx.facts.url, delayMs: 0, alter });
  ctx.defer(() => proxy.close());
  const { placement } = await startStandaloneWorker(ctx, { api: proxy.url });
  const ref = ctx.name('pack');
  ctx.defer(() => client.packs.remove(ref));
  await uploadPack(ctx, ref, 'word');
  writeFileSync(goFile(ctx), '');
  const execute = () => client.executions.execute({ action_ref: `${ref}.read`, ...placement });

  const { id: refused } = await execute();
  const { result } = await until(executionToBe('failed', client, refused), deadline);
  isAltered = false;
  const { id } = await execute();
  await until(executionToBe('completed', client, id), deadline);

  expect(JSON.stringify(result)).toContain('PACK_DIGEST_MISMATCH');
  expect(ledger.entries().map(({ execution }) => execution)).toEqual([id]);
});
