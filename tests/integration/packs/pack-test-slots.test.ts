import pino from 'pino';
import { until } from '../../../helpers/scenario/polling';
import type { ClaimedPackTest } from '../../../platform/store/packs/pack-test-requests';
import { requestPackTest } from '../../../platform/store/packs/pack-test-requests';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { startPackTests } from '../../../platform/worker/attempts/pack-test-requests';
import type { WorkerContext } from '../../../platform/worker/worker-context';
import { livenessDeadline } from '../liveness';
import { createOtherTenant } from '../api/grant-holder';
import { withApi } from '../api/with-api';
import { openTestWorker } from './test-worker';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const testApi = withApi();

const request = (tenant: number): Promise<number> =>
  testApi().db.inTenant(tenant, (transaction) =>
    requestPackTest(transaction, {
      packRef: 'sums',
      directory: '/nowhere',
      network: 'none',
      isInstalled: true,
      suites: [],
    }),
  );

/** The tests of each claim run until `release`: as a second attempt, they wait for the first. */
function startWaitingWorker() {
  const claimed: ClaimedPackTest[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const own = openTestWorker(testApi());
  const access = {
    renewPackTest: (id: number) => own.renewPackTest(id),
    finishPackTest: (id: number, suites: null) => own.finishPackTest(id, suites),
    claimPackTest: async () => {
      const next = await own.claimPackTest();
      if (next === null) return null;
      claimed.push(next);
      return { ...next, attempt: 2 };
    },
  } as unknown as WorkerAccess;
  const cgroups = { killEarlierRuns: () => released };
  const worker = startPackTests({
    access,
    reportEnvironment: () => Promise.resolve(),
    settings: { leaseMs: 60_000 },
    workerContext: { instance: 'none', containment: { cgroups } } as unknown as WorkerContext,
    log: pino({ level: 'silent' }),
  });
  const close = async () => {
    release();
    await worker.stop();
  };
  return { claimed, checkRequests: () => worker.checkRequests(), [Symbol.asyncDispose]: close };
}

const claimsToBe = (claimed: readonly ClaimedPackTest[], count: number) =>
  predicateToHold(`${count} requests to be claimed`, () => claimed.length === count);

test('AZ-10 the requests of one tenant leave room in one worker for another', async () => {
  const { tenant: other } = await createOtherTenant(testApi().owner);
  const own = [await request(1), await request(1), await request(1), await request(1)];
  await using worker = startWaitingWorker();
  worker.checkRequests();
  await until(claimsToBe(worker.claimed, 2), livenessDeadline());

  const ofOther = await request(other);
  worker.checkRequests();
  await until(claimsToBe(worker.claimed, 3), livenessDeadline());

  expect(worker.claimed.map(({ id }) => id)).toEqual([own[0], own[1], ofOther]);
});
