import type { TestReport } from '../../../contract/sandbox-report';
import type { Manifest } from '../manifest/manifest';
import { SandboxError } from '../sandbox-error';

/**
 * Throws SandboxError unless the test command passed: it ended with 0 within its limit and, where
 * the manifest names a JUnit file, that has passed cases and no failed one.
 */
export function evaluateTest({ timed_out: timedOut, exit_code: code, cases }: TestReport, manifest: Manifest): void {
  if (timedOut)
    throw new SandboxError('TEST_TIMEOUT', `the test command was ended at its limit of ${manifest.timeout} s`);
  if (code !== 0) throw new SandboxError('TEST_FAILED', `the test command ended with exit code ${code}`);
  if (manifest.junit === undefined) return;
  if (cases === null)
    throw new SandboxError('NOTHING_PROVEN', `the test command has not written ${manifest.junit}, or it is no JUnit`);
  if (cases.failed > 0)
    throw new SandboxError('TEST_FAILED', `${manifest.junit} has ${cases.failed} failed, though the exit code is 0`);
  if (cases.passed === 0)
    throw new SandboxError('NOTHING_PROVEN', `${manifest.junit} has no passed test, and ${cases.skipped} skipped`);
}
