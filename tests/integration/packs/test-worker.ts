import type { TestSuite } from '../../../contract/pack-tests';
import { until, type Condition } from '../../../helpers/scenario/polling';
import type { ClaimedPackTest } from '../../../platform/store/packs/pack-test-requests';
import { openDatabaseAccess } from '../../../platform/workers/access/database-access';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { livenessDeadline } from '../liveness';
import { SECRET, type TestApi } from '../api/with-api';
import { writeFiles } from './pack-source';

/** The calls of a worker. */
export const openTestWorker = ({ db }: Pick<TestApi, 'db'>): WorkerAccess =>
  openDatabaseAccess({ db, heartbeatDb: db, tokenSecret: SECRET, name: 'of-tests', leaseMs: 60_000 });

/** Waits until there are tests to claim. */
export function claimNext(worker: WorkerAccess): Promise<ClaimedPackTest> {
  const condition: Condition<ClaimedPackTest> = {
    name: 'tests of a pack to be requested',
    check: async () => {
      const claimed = await worker.claimPackTest();
      return claimed === null ? { is: 'pending', why: 'none are' } : { is: 'met', value: claimed };
    },
  };
  return until(condition, livenessDeadline());
}

/** A suite with one test that ends with this status. */
export const suiteOf = (status: 'passed' | 'failed'): TestSuite => ({
  name: 'all',
  runnerType: 'script',
  total: 1,
  skipped: 0,
  durationMs: 5,
  passed: status === 'passed' ? 1 : 0,
  failed: status === 'failed' ? 1 : 0,
  testCases: [{ name: 'adds', status, durationMs: 5, errorMessage: null, stdout: null, stderr: null }],
});

/** Ends the next requested tests with a suite. */
export async function answerNext(worker: WorkerAccess, status: 'passed' | 'failed'): Promise<ClaimedPackTest> {
  const claimed = await claimNext(worker);
  await worker.finishPackTest(claimed.id, [suiteOf(status)]);
  return claimed;
}

/** Writes a pack with a test, and returns its directory. */
export const testedPack = ({ scratch }: Pick<TestApi, 'scratch'>, ref: string, more = '', version = '1.0.0') =>
  writeFiles(`${scratch}/sources/${ref}`, {
    'pack.yaml': `ref: ${ref}\nversion: ${version}\ntesting:\n  enabled: true\n  runners: {all: {entry_point: tests/all.sh${more}}}\n`,
    'tests/all.sh': 'echo fine\n',
  });
