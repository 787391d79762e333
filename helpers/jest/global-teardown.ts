import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { ApiError, CombinedError } from '../errors';
import { repositoryRoot } from '../repository-root';
import { LeftoverError } from '../target/leftover-error';
import { unusableTargetMessage } from '../target/unusable-target';
import { printUnusable } from './exit-unprovisioned';
import { keepLogAtEnd } from './keep-log';
import { takeProvisioned } from './provisioned-target';
import { resultsDirectory } from './results-directory';

const ROOT = repositoryRoot();

/**
 * Checks that the platform is still the same, removes what the run shared on it, and stops it if
 * the suite started it. Prints what fails and sets the exit code, but does not end the process:
 * Jest then writes its report (`--json --outputFile`).
 */
async function tearDown(): Promise<void> {
  const provisioned = takeProvisioned();
  if (!provisioned) return;
  const checks = await Promise.allSettled([provisioned.confirmIdentity(), provisioned.confirmShared()]);
  const isRed = checks.some(({ status }) => status === 'rejected');
  const { facts } = provisioned;
  if (isRed) printLines(keepLogAtEnd(ROOT, resultsDirectory(ROOT, process.env), facts)); // the release removes it
  const release = await Promise.allSettled([provisioned.release()]);
  const errors = [...checks, ...release].flatMap((step): unknown[] =>
    step.status === 'rejected' ? [step.reason] : [],
  );
  const single = errors.flatMap((error): unknown[] => (error instanceof CombinedError ? error.errors : [error]));
  single.filter((error, n) => !isConsequence(error, single.slice(0, n))).forEach(report);
}

/** No response of a platform of which an earlier error states that it cannot be used. */
const isConsequence = (error: unknown, earlier: readonly unknown[]): boolean =>
  error instanceof ApiError && error.status === 0 && earlier.some((each) => unusableTargetMessage(each) !== null);

const printLines = (lines: readonly string[]): void =>
  lines.forEach((line) => process.stderr.write(`${terminalText(line)}\n`));

function report(error: unknown): void {
  if (error instanceof LeftoverError) {
    process.stderr.write(`\ntuningfork: ${terminalText(error.message)}\n`);
    process.exitCode = EXIT_CODES.leftBehind; // Jest replaces it if a test failed
    return;
  }
  printUnusable(error);
  exitNotProvisioned();
}

/**
 * Exit code 3, also if a test failed. Jest then sets its own code in a listener that it adds after
 * this hook, so that one added later still decides.
 */
function exitNotProvisioned(): void {
  const setCode = () => void (process.exitCode = EXIT_CODES.notProvisioned);
  process.once('exit', setCode); // without `beforeExit`: --forceExit
  process.once('beforeExit', () => process.once('exit', setCode));
}

export = tearDown;
