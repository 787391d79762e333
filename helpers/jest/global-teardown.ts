import { EXIT_CODES } from '../../contract/errors';
import { CombinedError } from '../errors';
import { LeftoverError } from '../target/leftover-error';
import { exitUnprovisioned } from './exit-unprovisioned';
import { takeProvisioned } from './provisioned-target';

/**
 * Checks that the platform is still the same, removes what the run shared on it, and stops it if
 * the suite started it.
 */
async function tearDown(): Promise<void> {
  const provisioned = takeProvisioned();
  if (!provisioned) return;
  const errors: unknown[] = [];
  for (const step of [provisioned.confirmIdentity, provisioned.release]) {
    await step().catch((error: unknown) => errors.push(error));
  }
  errors.flatMap((error): unknown[] => (error instanceof CombinedError ? error.errors : [error])).forEach(report);
}

function report(error: unknown): void {
  if (!(error instanceof LeftoverError)) exitUnprovisioned(error);
  process.stderr.write(`\ntuningfork: ${error.message}\n`);
  process.exitCode = EXIT_CODES.leftBehind; // Jest replaces it if a test failed
}

export = tearDown;
