import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForExit } from '../embedded/cli-process';
import { pidsMentioning, privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { startNetworkProxy } from '../../../helpers/fixtures/network-proxy';
import {
  createAction,
  createLedger,
  startPlatformAlone,
  startWorker,
  stopWorker,
  toComplete,
} from './standalone-platform';

const LEASE_SECONDS = 5;

const base = privateBase();
/** Until it exists, the programs run. */
const end = join(base.path, 'end');
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(end, { force: true });
});
afterAll(() => base.remove());

type Platform = Awaited<ReturnType<typeof startPlatformAlone>>;

async function startHere(platform: Platform, name: string, api = platform.running.url) {
  const { token } = await platform.client.standaloneWorkers.issueToken({ name });
  const env = { PLATFORM_ACTION_PATHS: base.path };
  const worker = await startWorker({ api, name, token, env });
  closers.push(() => stopWorker(worker));
  return worker;
}

const withShortLease = { PLATFORM_STANDALONE_LEASE_SECONDS: String(LEASE_SECONDS) };

let shortLeased: Platform;
beforeAll(async () => {
  shortLeased = await startPlatformAlone(withShortLease);
});
afterAll(() => shortLeased.stop());

/** Each process has all of the texts in its arguments or environment. */
const noProcessOf = (...texts: readonly string[]) =>
  predicateToHold(
    `no process with ${texts.join(' and ')}`,
    () => pidsWith(...texts).length === 0,
    () => pidsWith(...texts).join(),
  );

const pidsWith = (...texts: readonly string[]): number[] =>
  texts.map(pidsMentioning).reduce((pids, others) => pids.filter((pid) => others.includes(pid)));

/** What only the programs of the execution have: other platforms of this host use its id, too. */
const marksOf = (id: number, api: string) => [`ATTUNE_EXEC_ID=${id}\0`, `ATTUNE_API_URL=${api}\0`];

test('a killed worker leaves no process, and its execution runs again once', async () => {
  const platform = shortLeased;
  const ledger = createLedger(base.path);
  const ref = await createAction(platform.client, ledger.entrypointUntil(end));
  const first = await startHere(platform, 'first');
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  const marks = marksOf(id, platform.running.url);
  expect(pidsWith(...marks)).not.toEqual([]);
  first.process.kill('SIGKILL');
  await until(noProcessOf(...marks), livenessDeadline());
  await startHere(platform, 'second');
  await until(ledger.toHave(1, `start ${id} 2`), livenessDeadline());
  writeFileSync(end, '');
  await toComplete(platform.client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, `start ${id} 2`, `end ${id}`]);
});

test('a worker that is cut off for longer than its lease stops its programs', async () => {
  const platform = shortLeased;
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: platform.running.url, delayMs: 0 });
  closers.push(proxy.close);
  const ledger = createLedger(base.path);
  const { client } = platform;
  const ref = await createAction(client, ledger.entrypointUntil(end));
  await startHere(platform, 'cut', proxy.url);
  const { id } = await client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  const marks = marksOf(id, proxy.url);
  expect(pidsWith(...marks)).not.toEqual([]);
  proxy.cut();
  await until(noProcessOf(...marks), livenessDeadline());
  const isLost = async () => (await client.executions.get(id)).status !== 'running';
  await until(predicateToHold('the platform to take the execution back', isLost), livenessDeadline());
  ledger.append('restored');
  proxy.restore();
  await until(ledger.toHave(1, `start ${id} 2`), livenessDeadline());
  writeFileSync(end, '');
  await toComplete(client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, 'restored', `start ${id} 2`, `end ${id}`]);
});

test('a platform that is killed and started again knows the attempt', async () => {
  const args = ['--port', '0', '--data', join(base.path, 'data')];
  const platform = await startPlatformAlone({}, args);
  const ledger = createLedger(base.path);
  const ref = await createAction(platform.client, ledger.entrypointUntil(end));
  await startHere(platform, 'patient');
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  platform.cli.kill('SIGKILL');
  await waitForExit(platform.cli);
  await until(noProcessOf(platform.running.instance_id), livenessDeadline());
  args[1] = new URL(platform.running.url).port;
  const again = await startPlatformAlone({}, args, platform.password);
  closers.unshift(() => again.stop()); // after its worker, which would wait for a platform that is gone
  writeFileSync(end, '');
  await toComplete(again.client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, `end ${id}`]);
  const { result } = await again.client.executions.get(id);
  expect((result as { stdout: string }).stdout).toBe(`output of ${id}\n`);
});

test('a second process with the name takes the place of the first', async () => {
  const platform = shortLeased;
  const first = await startHere(platform, 'twin');
  const exited = once(first.process, 'exit');
  const second = await startHere(platform, 'twin');

  expect(await exited).toEqual([3, null]);
  expect(await first.stderr).toContain('WORKER_REPLACED: another process has connected');
  expect(second.worker).toBe(first.worker);
});
