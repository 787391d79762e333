import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readJestReport } from '../../helpers/jest/jest-report';
import { filesOfCommit } from '../git/changed-files';
import { runProgram } from '../smoke/run-program';
import { runJest, UNPOSTED } from '../test/jest-process';
import { testsAffectedBy } from '../test/selected-tests';
import { subjectFault, type HistoryCommit } from './commits';
import type { Worktree } from './worktree';
import { lastLine } from '../../helpers/line-of-text';

/** What was found about a commit. */
export interface CommitResult {
  readonly commit: string;
  readonly subject: string;
  readonly verdict: 'ok' | 'failed';
  /** Empty: it is ok. */
  readonly faults: readonly string[];
  /** Number of the test files that ran. */
  readonly test_files: number;
}

export interface CommitCheck {
  readonly worktree: Worktree;
  /** Folders of `tests/` of which those test files run that depend on a commit. */
  readonly folders: readonly string[];
  /** Where the output of the type check and of the tests of each commit is written. */
  readonly outputs: string;
  readonly stop: AbortSignal;
}

/** Checks the subject and the types of a commit, and runs the tests that depend on its files. */
export async function checkCommit(check: CommitCheck, commit: HistoryCommit): Promise<CommitResult> {
  const { worktree, stop } = check;
  const output = join(check.outputs, `${commit.id.slice(0, 8)}.txt`);
  await worktree.checkOut(commit.id);
  const subject = subjectFault(commit);
  const build = (await worktree.providePackages(stop)) ?? (await typeFault(check, output));
  // A tree that does not compile has no tests.
  const tests = build === null ? await runTests(check, commit, output) : { faults: [build], count: 0 };
  const faults = [...(subject === null ? [] : [subject]), ...tests.faults];
  return {
    commit: commit.id,
    subject: commit.subject,
    verdict: faults.length === 0 ? 'ok' : 'failed',
    faults,
    test_files: tests.count,
  };
}

/** The first error of the type check; null: it has none. Only what differs is checked again. */
async function typeFault({ worktree, stop }: CommitCheck, output: string): Promise<string | null> {
  const { directory, scratch } = worktree;
  const compiler = join(directory, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '--noEmit', '--incremental', '--tsBuildInfoFile', join(scratch, 'types.json')];
  const { code, stdout, stderr } = await runProgram(process.execPath, args, { directory, env: process.env, stop });
  writeFileSync(output, stdout + stderr);
  if (code === 0) return null;
  const lines = (stdout || stderr).split('\n').filter((line) => /^\S/.test(line));
  const more = lines.length > 1 ? `, and ${lines.length - 1} more` : '';
  return `types: ${lines[0] ?? `exit ${code}`}${more}`;
}

interface TestRun {
  readonly faults: readonly string[];
  readonly count: number;
}

async function runTests(check: CommitCheck, { id }: HistoryCommit, output: string): Promise<TestRun> {
  const { folders, stop } = check;
  const { directory: root, scratch } = check.worktree;
  const affected = await testsAffectedBy(root, await filesOfCommit(root, id), () => {});
  const only = affected.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
  if (only.length === 0) return { faults: [], count: 0 };
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  const file = openSync(output, 'a');
  try {
    const exit = await runJest({
      root,
      only,
      stop,
      output: file,
      env: { ...UNPOSTED, E2E_RESULTS: join(scratch, 'results') },
      args: [...folders, '--json', `--outputFile=${report}`],
    });
    return { faults: exit === 0 ? [] : failedFiles(report, { root, exit, output }), count: only.length };
  } finally {
    closeSync(file);
  }
}

interface FailedRun {
  readonly root: string;
  readonly exit: number;
  readonly output: string;
}

/** The test files that failed; the last line of the output where Jest reports none. */
function failedFiles(report: string, { root, exit, output }: FailedRun): string[] {
  const files = existsSync(report) ? readJestReport(report).testResults : [];
  const failed = files.filter(({ status }) => status === 'failed').map(({ name }) => relative(root, name));
  if (failed.length > 0) return failed.map((file) => `tests: ${file}`);
  return [`tests: exit ${exit}: ${lastLine(readFileSync(output, 'utf8'))}`];
}
