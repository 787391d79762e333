import { join } from 'node:path';
import { usageError } from '../failures';
import { interruptible } from '../stop-cause';
import { EXIT_CODES } from '../../contract/errors';
import { acceptsArguments, runJest, UNPOSTED, type JestRun } from './jest-process';
import { changedTests, failedTests, gateTests, type SelectedTests } from './selected-tests';
import { watchTests } from './watch-tests';
import { printNotice } from '../line-printer';

/** Parsed options: those that were not given are absent. */
export interface TestFlags {
  readonly failed?: true;
  readonly changed?: true;
  readonly gate?: true;
  readonly base?: string;
  readonly untilFailure?: number;
  readonly watch?: true;
  readonly json?: true;
}

/**
 * Runs Jest with the arguments on what the flags select. The exit code is that of Jest; 0 where
 * they select nothing. Throws CommandError, exit 2, for flags that contradict each other, and for
 * arguments that Jest rejects.
 */
export async function runTests(args: readonly string[], flags: TestFlags, root: string): Promise<void> {
  requireConsistent(args, flags);
  await interruptible('Jest and the platform of the tests have ended', async (stop) => {
    const selected = await select(flags, root);
    const runOf = (next: SelectedTests): JestRun => ({
      root,
      stop,
      args: jestArguments(args, flags, next, root),
      ...(next.files && { only: next.files }),
      ...(flags.untilFailure !== undefined && { env: UNPOSTED }),
    });
    if (flags.watch) return watchTests({ root, stop, first: selected, runOf, report: printNotice });
    if (selected.files?.length === 0) return;
    process.exitCode = await runUntilFailure(flags.untilFailure ?? 1, () => runJest(runOf(selected)));
    if (process.exitCode === EXIT_CODES.testFailed && !(await acceptsArguments(runOf(selected))))
      throw usageError('JEST_ARGUMENTS: Jest rejects these arguments: run npx jest --help for its options');
  });
}

function requireConsistent(args: readonly string[], flags: TestFlags): void {
  const { failed, changed, gate, base, untilFailure, watch } = flags;
  if (base !== undefined && !changed)
    throw usageError('--base names what --changed compares with: use it with --changed');
  if ([failed, changed, gate].filter(Boolean).length > 1)
    throw usageError('--failed, --changed and --gate each select the tests: use one of them');
  if (watch && untilFailure !== undefined)
    throw usageError('--watch runs until Ctrl-C: use it without --until-failure, which stops at a failure');
  const pattern = args.find((arg) => /^(-t|--testNamePattern(=|$))/.test(arg));
  if (failed && pattern !== undefined)
    throw usageError(`--failed selects tests by their names: use it without ${pattern}, which does too`);
}

async function select({ failed, changed, gate, base }: TestFlags, root: string): Promise<SelectedTests> {
  if (gate) return gateTests(root, printNotice);
  if (failed) return failedTests(root, printNotice);
  return changed ? changedTests(root, base ?? 'HEAD', printNotice) : {};
}

function jestArguments(
  args: readonly string[],
  { json }: TestFlags,
  { titles }: SelectedTests,
  root: string,
): readonly string[] {
  const hasReporters = args.some((arg) => arg.startsWith('--reporters'));
  const progress = join(root, 'helpers/jest/entries/progress-entry.js');
  return [
    ...args,
    ...(json ? ['--json'] : []),
    ...(titles === undefined ? [] : [`--testNamePattern=${titles}`]),
    ...(process.stderr.isTTY && !hasReporters ? [`--reporters=${progress}`, '--reporters=summary'] : []),
  ];
}

/** Up to so many runs, until one of them does not exit with 0. Returns the last exit code. */
async function runUntilFailure(runs: number, run: () => Promise<number>): Promise<number> {
  for (let n = 1; ; n++) {
    if (runs > 1) printNotice(`run ${n} of ${runs}`);
    const code = await run();
    if (code !== 0 || n >= runs) return code;
  }
}
