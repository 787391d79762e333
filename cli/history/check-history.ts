import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { resultsDirectory } from '../../helpers/jest/results-directory';
import { requireHistory, resolveBase } from '../git/changed-files';
import { interruptible } from '../stop-cause';
import { checkCommit, type CommitCheck, type CommitResult } from './check-commit';
import { commitsSince, type HistoryCommit } from './commits';
import { openWorktree } from './worktree';
import { printNotice } from '../line-printer';

/** Parsed options: those that were not given are absent. */
export interface HistoryFlags {
  readonly integration?: true;
  readonly json?: true;
}

/**
 * Checks each commit since a revision by itself, in a working tree beside the clone. Exit 1: one
 * has a fault. Throws CommandError, exit 2, for a revision that does not exist.
 */
export async function checkHistory(revision: string, flags: HistoryFlags, root: string): Promise<void> {
  const base = await resolveBase(root, revision);
  await requireHistory(root, base);
  const commits = await commitsSince(root, base.commit);
  const outputs = join(resultsDirectory(root, process.env), 'history');
  rmSync(outputs, { recursive: true, force: true });
  mkdirSync(outputs, { recursive: true });
  const folders = ['tests/unit', ...(flags.integration ? ['tests/integration'] : [])];

  await interruptible('the working tree beside the clone is removed', async (stop) => {
    const results = await checkEach({ root, commits, folders, outputs, stop, report: printNotice });
    const failed = results.filter(({ verdict }) => verdict === 'failed').length;
    const lines = [...results.map(lineOf), `${results.length} commits, ${failed} failed`];
    process.stdout.write(
      flags.json ? `${JSON.stringify({ base, commits: results, failed })}\n` : `${lines.join('\n')}\n`,
    );
    if (failed === 0) return;
    printNotice(`the outputs are in ${relative(process.cwd(), outputs)}`);
    process.exitCode = EXIT_CODES.testFailed;
  });
}

interface HistoryCheck extends Omit<CommitCheck, 'worktree'> {
  readonly root: string;
  readonly commits: readonly HistoryCommit[];
  /** Receives a line at the start of each commit. */
  readonly report: (line: string) => void;
}

/** Checks commits in a working tree that is removed at the end. Rejects with Interrupted. */
export async function checkEach({ root, commits, report, ...check }: HistoryCheck): Promise<CommitResult[]> {
  const results: CommitResult[] = [];
  const worktree = await openWorktree(root);
  try {
    for (const [n, commit] of commits.entries()) {
      report(`${n + 1} of ${commits.length}: ${commit.id.slice(0, 8)} ${commit.subject}`);
      results.push(await checkCommit({ ...check, worktree }, commit));
    }
  } finally {
    await worktree.remove();
  }
  return results;
}

const lineOf = ({ commit, subject, verdict, faults, test_files: files }: CommitResult): string =>
  [
    `${verdict.padEnd(6)} ${commit.slice(0, 8)} ${subject}`,
    ...(verdict === 'ok' ? [`types, ${files} test files`] : faults),
  ].join('; ');
