import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWheel, wheelName } from '../../../helpers/fixtures/wheel';
import { until } from '../../../helpers/scenario/polling';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { startTinyRegistry } from '../worker/tiny-registry';
import { startNetworkProxy } from '../../../helpers/fixtures/network-proxy';
import { hasOwnNetwork, openOwnNetwork } from './own-network';
import { createLedger, startPlatformAlone, startWorker, stopWorker, toComplete } from './standalone-platform';

const NPM_ARCHIVE = 'packages/tiny-1.0.0.tgz';
const WHEEL = { name: 'tiny-thing', version: '1.0.0', source: `__version__ = '1.0.0'\n` };
const LEDGER_WAIT_SECONDS = 3;

/** Its actions may write here. */
const base = privateBase();
const home = privateBase();
const ledger = createLedger(base.path);
const directory = join(home.path, 'worker');
const closers: (() => void | Promise<void>)[] = [];
let platform: Awaited<ReturnType<typeof startPlatformAlone>>;

beforeAll(async () => {
  platform = await startPlatformAlone();
  closers.push(() => platform.stop());
  const network = hasOwnNetwork ? await openOwnNetwork(platform.running.directory) : null;
  if (network) closers.push(network.close);
  const host = network?.address ?? '127.0.0.1';
  const proxy = await startNetworkProxy({ host, target: platform.running.url, delayMs: 0 });
  closers.push(proxy.close);
  const { token } = await platform.client.standaloneWorkers.issueToken({ name: 'builder' });
  const index = join(base.path, 'wheels');
  mkdirSync(index);
  writeFileSync(join(index, wheelName(WHEEL)), buildWheel(WHEEL));
  const worker = await startWorker({
    api: proxy.url,
    name: 'builder',
    token,
    args: ['--directory', directory, '--label', 'zone=far'],
    env: { PLATFORM_ACTION_PATHS: base.path, PLATFORM_PYTHON_INDEX: index, HOME: home.path },
    ...(network && { start: network.spawn }),
  });
  closers.push(() => stopWorker(worker));
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  base.remove();
  home.remove();
});

interface PackFiles {
  readonly ref: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** Uploads a pack with these files. */
async function uploadPack({ ref, version, files }: PackFiles): Promise<void> {
  const pack = join(base.path, `${ref}-${version}`);
  const manifest = `ref: ${ref}\nlabel: ${ref}\nversion: ${version}\n`;
  for (const [path, content] of Object.entries({ 'pack.yaml': manifest, ...files })) {
    mkdirSync(join(pack, path, '..'), { recursive: true });
    writeFileSync(join(pack, path), content);
  }
  await platform.client.packs.upload(pack, { force: true });
}

const actionFile = (name: string, runner: string, file: string) =>
  `name: ${name}\nlabel: ${name}\nrunner_type: ${runner}\nentry_point: ${file}\noutput_format: json\n`;

async function dataOf(ref: string): Promise<unknown> {
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await toComplete(platform.client, id);
  return ((await platform.client.executions.get(id)).result as { data: unknown }).data;
}

test('a Python pack gets its packages where the worker runs', async () => {
  const source = 'import json, sys, tiny_thing\nprint(json.dumps([tiny_thing.__version__, sys.prefix]))\n';
  const files = { 'requirements.txt': 'tiny-thing==1.0.0\n', 'actions/need.py': source };
  const action = { 'actions/need.yaml': actionFile('need', 'python', 'need.py') };
  await uploadPack({ ref: 'snake', version: '1.0.0', files: { ...files, ...action } });

  const [version, prefix] = (await dataOf('snake.need')) as [string, string];

  expect(version).toBe('1.0.0');
  expect(prefix.startsWith(join(directory, 'environments'))).toBe(true);
});

test('a Node pack gets its packages where the worker runs', async () => {
  await using registry = await startTinyRegistry(['1.0.0']);
  const archive = registry.archive('1.0.0');
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const dependencies = { tiny: '1.0.0' };
  const tiny = { version: '1.0.0', resolved: `file:${NPM_ARCHIVE}`, integrity };
  const packages = { '': { name: 'node', dependencies }, 'node_modules/tiny': tiny };
  await uploadPack({
    ref: 'node',
    version: '1.0.0',
    files: {
      'package.json': JSON.stringify({ name: 'node', dependencies }),
      'package-lock.json': JSON.stringify({ name: 'node', lockfileVersion: 3, packages }),
      [NPM_ARCHIVE]: archive,
      'actions/need.js': `console.log(JSON.stringify([require('tiny').version, __dirname]));\n`,
      'actions/need.yaml': actionFile('need', 'nodejs', 'need.js'),
    },
  });

  const [version, path] = (await dataOf('node.need')) as [string, string];

  expect(version).toBe('1.0.0');
  expect(path.startsWith(directory)).toBe(true);
});

/** Its actions wait before and after they read a file of the pack. */
const waitingPack = (version: string): PackFiles => ({
  ref: 'changing',
  version,
  files: {
    'lib/version': version,
    'actions/read.sh': `${ledger.entrypoint(LEDGER_WAIT_SECONDS)} >/dev/null; echo "\\"$(cat lib/version)\\""\n`,
    'actions/read.yaml': actionFile('read', 'shell', 'read.sh'),
  },
});

test('an update of a pack changes new attempts only', async () => {
  const { client } = platform;
  await uploadPack(waitingPack('1.0.0'));
  const before = await client.executions.execute({ action_ref: 'changing.read' });
  await until(ledger.toHave(1, `start ${before.id} `), livenessDeadline());
  await uploadPack(waitingPack('2.0.0'));
  const after = await client.executions.execute({ action_ref: 'changing.read' });
  for (const { id } of [before, after]) await toComplete(client, id);

  const results = await Promise.all([before, after].map(({ id }) => client.executions.get(id)));
  expect(results.map(({ result }) => (result as { data: unknown }).data)).toEqual(['1.0.0', '2.0.0']);
  const kept = readdirSync(join(directory, 'packs', '1'));
  expect(kept.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  expect(new Set(kept).size).toBeGreaterThanOrEqual(2);
});

test('output arrives while the program runs, without the secrets', async () => {
  const { client } = platform;
  await client.packs.create({ ref: 'talk', label: 'Talk', version: '1.0.0' });
  const secret = { type: 'object', properties: { word: { type: 'string', secret: true } } };
  const entrypoint = `echo "first $word"; while [ ! -e ${base.path}/go ]; do sleep 0.05; done; echo last`;
  const action = { ref: 'talk.slowly', pack_ref: 'talk', label: 'Slowly', entrypoint, runtime_ref: 'core.shell' };
  await client.actions.create({ ...action, param_schema: secret });
  const { id } = await client.executions.execute({
    action_ref: action.ref,
    parameters: { word: 'hidden-word' },
    worker_selector: { zone: 'far' },
  });

  const seen: string[] = [];
  for await (const { event, data } of client.executions.logs(id, 'stdout')) {
    if (event === 'content' || event === 'append') seen.push(data);
    if (seen.join('').includes('first')) writeFileSync(join(base.path, 'go'), '');
  }
  await toComplete(client, id);

  const { result } = await client.executions.get(id);
  expect((result as { stdout: string }).stdout).toBe('first ***\nlast\n');
  expect(seen.join('')).toContain('last');
  expect(seen.join('')).not.toContain('hidden-word');
});
