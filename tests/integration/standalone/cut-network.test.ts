import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../helpers/scenario/polling';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { startNetworkProxy } from '../../../helpers/fixtures/network-proxy';
import { hasOwnNetwork, openOwnNetwork } from './own-network';
import {
  createAction,
  createLedger,
  startPlatformAlone,
  startWorker,
  stopWorker,
  toComplete,
} from './standalone-platform';

const EXECUTIONS = 20;
const DELAY_MS = 50;
const CUT_MS = 30_000;
jest.setTimeout(240_000);

const base = privateBase();
const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => base.remove());

test('executions outlast a slow network that is cut for 30 s, once each', async () => {
  const { running, client, stop } = await startPlatformAlone();
  closers.push(stop);
  const network = hasOwnNetwork ? await openOwnNetwork(running.directory) : null;
  if (network) closers.push(network.close);
  const host = network?.address ?? '127.0.0.1';
  const proxy = await startNetworkProxy({ host, target: running.url, delayMs: DELAY_MS });
  closers.push(proxy.close);
  const { token } = await client.standaloneWorkers.issueToken({ name: 'far' });
  const ledger = createLedger(base.path);
  const end = join(base.path, 'end');
  const ref = await createAction(client, ledger.entrypointUntil(end));
  const worker = await startWorker({
    api: proxy.url,
    name: 'far',
    token,
    args: ['--slots', '4'],
    env: { PLATFORM_ACTION_PATHS: base.path },
    ...(network && { start: network.spawn }),
  });
  closers.push(() => stopWorker(worker));

  const requested = await Promise.all(
    Array.from({ length: EXECUTIONS }, () => client.executions.execute({ action_ref: ref })),
  );
  await until(ledger.toHave(3, 'start'), livenessDeadline());
  proxy.cut();
  writeFileSync(end, ''); // the programs that have started end while the platform receives nothing
  await pause(CUT_MS);
  proxy.restore();
  for (const { id } of requested) await toComplete(client, id);

  const ids = requested.map(({ id }) => id);
  const entries = (kind: string) => ledger.lines().filter((line) => line.startsWith(kind));
  expect(entries('start').sort()).toEqual(ids.map((id) => `start ${id} 1`).sort());
  expect(entries('end').sort()).toEqual(ids.map((id) => `end ${id}`).sort());
  const ended = await Promise.all(ids.map((id) => client.executions.get(id)));
  expect(ended.map(({ result }) => (result as { stdout: string }).stdout)).toEqual(
    ids.map((id) => `output of ${id}\n`),
  );
  expect(new Set(ended.map(({ worker: id }) => id))).toEqual(new Set([worker.worker]));
});
