import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../../contract/errors';
import type { Client } from '../../../helpers/client/client';
import { CommandError, usageError } from '../../failures';
import { withPlatform, type LogIn } from '../../run/command-platform';
import { interruptible } from '../../stop-cause';
import { proveLoop } from '../prove-loop';
import type { ProveOptions } from '../prove-options';
import type { Receipt, Verdict } from '../receipt';
import { Steps } from '../steps';
import { VIRTUAL_TIME, writeReceipt, type CommonVerifyFlags } from '../verify';
import { readLoop, type WorkflowLoop } from '../workflow-loop';
import { allFiles, changedFiles, resolveBase, type Base } from '../../git/changed-files';
import { selectLoops, type SelectedLoop, type Selection } from './covered-files';
import { findLoops } from './find-loops';

export interface VerifyChangedFlags extends CommonVerifyFlags {
  readonly base?: string;
}

/** A loop that was run. Paths are relative to the directory. */
interface LoopResult {
  readonly file: string;
  /** The changed files that it covers. */
  readonly covers: readonly string[];
  /** Null: the platform rejected it, or did not run it to its end. */
  readonly receipt: Receipt | null;
  readonly error: string | null;
}

/** What the loops of a change proved. */
interface ChangeReceipt {
  readonly verdict: Verdict;
  readonly base: Base;
  readonly covered: readonly string[];
  /** Changed files that no loop covers. */
  readonly uncovered: readonly string[];
  readonly loops: readonly LoopResult[];
  readonly verified_at: string;
  readonly duration_ms: number;
}

/**
 * Runs every loop that covers a file which differs from the base, on one platform. Prints the
 * receipt as one line of JSON; the steps go to stderr. Exit 0: every changed file is covered, and
 * every loop proven; 1: a loop failed; 5: no loop covers a changed file, or no file changed.
 * Throws CommandError, exit 2, before anything is started: NO_REPOSITORY, REVISION_UNKNOWN, and
 * for a file of a loop that cannot be read.
 */
export async function verifyChanged(directory: string, flags: VerifyChangedFlags): Promise<void> {
  requireDirectory(directory);
  const steps = new Steps(flags.json ?? false);
  const base = await resolveBase(directory, flags.base ?? 'HEAD');
  const changed = await changedFiles(directory, base);
  const { packs, loops } = await findLoops(directory, await allFiles(directory));
  const selection = selectLoops(changed, loops, packs);
  const pending = selection.selected.map((one) => ({ one, loop: loopOf(directory, one) }));
  steps.passed(`files that differ from ${base.revision}: ${changed.length}; loops to run: ${pending.length}`);
  const results: LoopResult[] = [];
  const allowSkipped = flags.allowSkipped ?? false;
  const prove = (report: (outcome: string) => void) => async (_: Client, url: string, logInAgain: LogIn) => {
    steps.passed('the platform is ready');
    const options = { steps, url, report, logInAgain, allowSkipped };
    for (const { one, loop } of pending) results.push(await resultOf(await logInAgain(), one, loop, options));
  };
  const settings = pending.some(({ loop }) => loop.timeline !== null) ? VIRTUAL_TIME : {};
  if (pending.length > 0)
    await interruptible('nothing was started', (stop, report) =>
      withPlatform(flags.target, { stop, report, print: (line) => steps.detail([line]), settings }, prove(report)),
    );
  reportUncovered(steps, changed, selection);
  const covered = changed.filter((file) => !selection.uncovered.includes(file));
  const receipt: ChangeReceipt = {
    verdict: verdictOf(results, selection),
    base,
    covered,
    uncovered: selection.uncovered,
    loops: results,
    verified_at: new Date().toISOString(),
    duration_ms: steps.durationMs,
  };
  writeReceipt(receipt, flags);
}

function requireDirectory(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  throw usageError(`${path} is no directory: --changed takes one with packs`);
}

const loopOf = (root: string, { loop, otherPacks }: SelectedLoop): WorkflowLoop => ({
  ...readLoop(join(root, loop.file), {
    expectsOutput: true,
    passMs: null,
    otherPacks: otherPacks.map(({ directory }) => join(root, directory)),
  }),
  ref: loop.ref,
});

async function resultOf(
  client: Client,
  { loop: { file }, covers }: SelectedLoop,
  loop: WorkflowLoop,
  options: ProveOptions,
): Promise<LoopResult> {
  try {
    return { file, covers, receipt: await proveLoop(client, loop, options), error: null };
  } catch (error) {
    if (!(error instanceof CommandError && error.exitCode === EXIT_CODES.testFailed)) throw error;
    options.steps.failed(`${file}: ${error.message}`);
    return { file, covers, receipt: null, error: error.message };
  }
}

function verdictOf(results: readonly LoopResult[], { uncovered }: Selection): Verdict {
  const verdicts = results.map(({ receipt }) => receipt?.verdict ?? 'failed');
  if (verdicts.includes('failed')) return 'failed';
  const isProven = verdicts.length > 0 && verdicts.every((verdict) => verdict === 'proven');
  return isProven && uncovered.length === 0 ? 'proven' : 'not proven';
}

function reportUncovered(steps: Steps, changed: readonly string[], { uncovered }: Selection): void {
  if (changed.length === 0) return steps.failed('NOTHING_PROVEN: no file has changed');
  if (uncovered.length === 0) return;
  steps.failed(`NOTHING_PROVEN: no loop covers ${uncovered.length} of ${changed.length} changed files`);
  steps.detail(uncovered);
}
