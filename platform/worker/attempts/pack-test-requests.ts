import type { Logger } from 'pino';
import { MAX_TESTS_OF_WORKER } from '../../core/packs/running-limits';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import type { ClaimedPackTest } from '../../store/packs/pack-test-requests';
import type { WorkerAccess } from '../../workers/access/worker-access';
import { retryUntilAvailable } from './retry-query';
import { CANCELLED, RELINQUISHED } from './stop-reasons';
import { coalesceRuns } from '../../base/async/coalesce-runs';
import { runForNoExecution } from '../crash';
import type { WorkerContext } from '../worker-context';
import { runPackTest } from './run-pack-test';

const RENEWALS_PER_LEASE = 4;

interface PackTestRequests {
  /** Claims and runs what is requested. */
  checkRequests(): void;
  /** Claims nothing more, stops what runs and gives it back. */
  stop(): Promise<void>;
}

interface PackTestOptions {
  readonly access: WorkerAccess;
  readonly workerContext: WorkerContext;
  readonly reportEnvironment: ReportEnvironment;
  readonly settings: { readonly leaseMs: number };
  readonly log: Logger;
}

/** Runs the tests of packs that the API waits for. */
export function startPackTests(options: PackTestOptions): PackTestRequests {
  const { access, log } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const start = (claimed: ClaimedPackTest) => {
    const run = runClaimed(claimed, options, stopping.signal).finally(() => {
      running.delete(run);
      claims.request();
    });
    running.add(run);
  };
  const claimUntilFull = async () => {
    while (!stopping.signal.aborted && running.size < MAX_TESTS_OF_WORKER) {
      const claimed = await access.claimPackTest();
      if (claimed === null) return;
      start(claimed);
    }
  };
  // After an error the next poll tries again.
  const claims = coalesceRuns(claimUntilFull, (error) => log.warn({ err: error }, 'could not claim tests of packs'));
  return {
    checkRequests: claims.request,
    stop: async () => {
      stopping.abort(RELINQUISHED);
      await claims.stop();
      await Promise.all(running);
    },
  };
}

/** Never rejects: tests without a result are claimed again when the lease ends. */
async function runClaimed(claimed: ClaimedPackTest, options: PackTestOptions, stopping: AbortSignal): Promise<void> {
  const { access, log } = options;
  const { id, packRef } = claimed;
  const lease = holdLease(claimed, options);
  const stop = AbortSignal.any([lease.lost, stopping]);
  try {
    const suites = await runForNoExecution(() => runPackTest(claimed, options, stop));
    await retryUntilAvailable(() => access.finishPackTest(id, suites), log, stop);
  } catch (error) {
    log.error({ err: error, pack: packRef }, 'could not run the tests of a pack');
  } finally {
    lease.release();
  }
}

/** Renews the lease until `release`; `lost` aborts when no request waits for the result. */
function holdLease({ id }: ClaimedPackTest, { access, settings, log }: PackTestOptions) {
  const lost = new AbortController();
  let renewedAt = performance.now();
  const renew = async () => {
    const startedAt = performance.now();
    try {
      if (await access.renewPackTest(id)) renewedAt = startedAt;
      else lost.abort(CANCELLED);
    } catch (error) {
      log.warn({ err: error }, 'could not renew the lease of tests');
      if (performance.now() - renewedAt > settings.leaseMs) lost.abort(RELINQUISHED);
    }
  };
  const timer = setInterval(() => void renew(), settings.leaseMs / RENEWALS_PER_LEASE);
  return { lost: lost.signal, release: () => clearInterval(timer) };
}
