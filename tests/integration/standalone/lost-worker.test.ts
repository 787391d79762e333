import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until, type Condition } from '../../../helpers/scenario/polling';
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

const LEASE_SECONDS = 3;
const CUT_MS = 8_000;
const RUN_SECONDS = 6;

const base = privateBase();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
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

async function startShortLeased() {
  const platform = await startPlatformAlone(withShortLease);
  closers.push(() => platform.stop());
  return platform;
}

const noProcessOf = (text: string): Condition<true> => ({
  name: `no process with ${text}`,
  check: () => {
    const pids = pidsMentioning(text);
    return Promise.resolve(pids.length === 0 ? { is: 'met', value: true } : { is: 'pending', why: pids.join() });
  },
  evidence: () => Promise.resolve(pidsMentioning(text).join()),
});

test('a killed worker leaves no process, and its execution runs again once', async () => {
  const platform = await startShortLeased();
  const ledger = createLedger(base.path);
  const ref = await createAction(platform.client, ledger.entrypoint(RUN_SECONDS));
  const first = await startHere(platform, 'first');
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  first.process.kill('SIGKILL');
  await until(noProcessOf(`ATTUNE_EXEC_ID=${id}\0`), livenessDeadline());
  await startHere(platform, 'second');
  await toComplete(platform.client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, `start ${id} 2`, `end ${id}`]);
});

test('a worker that is cut off for longer than its lease stops its programs', async () => {
  const platform = await startShortLeased();
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: platform.running.url, delayMs: 0 });
  closers.push(proxy.close);
  const ledger = createLedger(base.path);
  const ref = await createAction(platform.client, ledger.entrypoint(RUN_SECONDS));
  await startHere(platform, 'cut', proxy.url);
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  proxy.cut();
  await pause(CUT_MS);
  ledger.append('restored');
  proxy.restore();
  await toComplete(platform.client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, 'restored', `start ${id} 2`, `end ${id}`]);
});

test('a platform that is killed and started again knows the attempt', async () => {
  const args = ['--port', '0', '--data', join(base.path, 'data')];
  const platform = await startPlatformAlone({}, args);
  const ledger = createLedger(base.path);
  const ref = await createAction(platform.client, ledger.entrypoint(RUN_SECONDS));
  await startHere(platform, 'patient');
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  await until(ledger.toHave(1, `start ${id} 1`), livenessDeadline());
  platform.cli.kill('SIGKILL');
  await waitForExit(platform.cli);
  args[1] = new URL(platform.running.url).port;
  const again = await startPlatformAlone({}, args, platform.password);
  closers.push(() => again.stop());
  await toComplete(again.client, id);

  expect(ledger.lines()).toEqual([`start ${id} 1`, `end ${id}`]);
  const { result } = await again.client.executions.get(id);
  expect((result as { stdout: string }).stdout).toBe(`output of ${id}\n`);
});

test('a second process with the name takes the place of the first', async () => {
  const platform = await startShortLeased();
  const first = await startHere(platform, 'twin');
  const exited = once(first.process, 'exit');
  const second = await startHere(platform, 'twin');

  expect(await exited).toEqual([3, null]);
  expect(await first.stderr).toContain('WORKER_REPLACED: another process has connected');
  expect(second.worker).toBe(first.worker);
});
