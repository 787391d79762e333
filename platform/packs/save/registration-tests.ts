import type { PackTestResult } from '../../../contract/pack-tests';
import { DomainError } from '../../base/domain-error';
import { packError } from '../pack-errors';
import type { PackFiles } from '../read/pack';
import { runTests, type TestPlatform } from './run-tests';

/** `details.reason` of a pack that is refused because of its tests. */
export const TESTS_FAILED = 'PACK_TESTS_FAILED';
/** Named in the details. */
const MAX_FAILURES = 10;

/**
 * Runs the tests of files that are about to be registered; null: they have none. Throws
 * DomainError.
 */
export type TestFiles = (files: PackFiles, directory: string) => Promise<PackTestResult | null>;

interface RegistrationTests {
  readonly tenant: number;
  /** Registers the pack whether its tests pass or not. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** BAD_REQUEST with PACK_TESTS_FAILED for tests that do not pass. */
export const registrationTests =
  (platform: TestPlatform, { tenant, force, signal }: RegistrationTests): TestFiles =>
  async ({ manifest }, directory) => {
    const { ref: packRef, version, network, testing } = manifest;
    if (testing.is === 'invalid') {
      if (!force) throw packError('PACK_BAD_MANIFEST', testing.why, testing.path);
      return null;
    }
    if (testing.is !== 'enabled') return null;
    const files = { packRef, directory, network, isInstalled: false, suites: testing.suites };
    const result = await runTests(platform, { tenant, version, files, signal });
    if (result.status === 'failed' && !force) throw testsFailed(result);
    return result;
  };

/** The details name the first tests that failed. */
function testsFailed(result: PackTestResult): DomainError {
  const { totalTests, passed, failed, testSuites } = result;
  const failures = testSuites.flatMap(({ name: suite, testCases }) =>
    testCases
      .filter(({ status }) => status === 'failed' || status === 'error')
      .map(({ name, errorMessage }) => ({ suite, name, message: errorMessage })),
  );
  const message = `Pack registration failed: tests did not pass (${failed} of ${totalTests} failed). Use force to register the pack anyway.`;
  const details = { reason: TESTS_FAILED, total: totalTests, passed, failed };
  return new DomainError('BAD_REQUEST', message, { ...details, failures: failures.slice(0, MAX_FAILURES) });
}
