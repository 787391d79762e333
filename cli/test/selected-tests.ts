import { existsSync, readdirSync } from 'node:fs';
import { join, posix, resolve, sep } from 'node:path';
import { runsTestFile } from '../../tools/gate/run/steps';
import { messageOf } from '../../helpers/errors';
import { readLastRun, type FailedTest } from '../../helpers/jest/last-run';
import { resultsDirectory } from '../../helpers/jest/results-directory';
import { usageError } from '../failures';
import { readGateSteps } from '../gate/run/read-steps';
import { allFiles, changedFiles, resolveBase } from '../git/changed-files';
import { affectedTests } from './affected-tests';
import { readImportGraph } from './import-graph';

/** What of the tests runs; undefined: no limit. */
export interface SelectedTests {
  /** Paths in the project. */
  readonly files?: readonly string[];
  /** A pattern for Jest's `-t`. */
  readonly titles?: string;
}

/** Receives a line for who started the command. */
export type ReportLine = (line: string) => void;

/**
 * The tests that failed the last time they ran. Throws CommandError, exit 2, where the file with
 * the last results is not one of this version.
 */
export function failedTests(root: string, report: ReportLine): SelectedTests {
  const directory = resultsDirectory(root, process.env);
  const failed = readFailed(directory).filter(({ file }) => existsSync(resolve(root, file)));
  report(`failed tests of the last runs, by ${join(directory, 'last-run.json')}: ${failed.length}`);
  return selectionOf(failed);
}

function readFailed(directory: string): FailedTest[] {
  try {
    return readLastRun(directory).failed;
  } catch (error) {
    throw usageError(`RESULTS_INVALID: ${messageOf(error)}: remove the file`);
  }
}

/** Where a file failed outside its tests, all tests of the files run. */
export function selectionOf(failed: readonly FailedTest[]): SelectedTests {
  const files = [...new Set(failed.map(({ file }) => file))];
  const titles = failed.flatMap(({ test }) => (test === null ? [] : [escapePattern(test)]));
  return titles.length === failed.length && titles.length > 0
    ? { files, titles: `^(${[...new Set(titles)].join('|')})$` }
    : { files };
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The test files that the gate runs on the platform of the suite; `.ci/proof` has the others.
 * Throws CommandError, exit 2, where there is no `.ci/gate.yml`, and GateError.
 */
export function gateTests(root: string, report: ReportLine): SelectedTests {
  const { first, steps } = readGateSteps(root);
  const paths = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => posix.join('tests', ...path.split(sep)));
  const files = paths.filter((path) => [first, ...steps].some((step) => runsTestFile(step, path)));
  report(`test files of the gate: ${files.length} of ${paths.length}; npm run proof runs the others`);
  return { files };
}

/**
 * The test files that depend on what differs from the base, or is not tracked. Throws
 * CommandError: exit 2 for a base that does not exist, 1 for a module that cannot be read.
 */
export async function changedTests(root: string, revision: string, report: ReportLine): Promise<SelectedTests> {
  const base = await resolveBase(root, revision);
  const changed = await changedFiles(root, base);
  report(`files that differ from ${revision}: ${changed.length}`);
  return { files: await testsAffectedBy(root, changed, report) };
}

/** Reports how many there are, and the changed files on which no test depends. */
export async function testsAffectedBy(
  root: string,
  changed: readonly string[],
  report: ReportLine,
): Promise<readonly string[]> {
  if (changed.length === 0) return [];
  const { tests, untested } = affectedTests(changed, await readImportGraph(root, await allFiles(root)));
  report(`test files that depend on them: ${tests.length}`);
  if (untested.length > 0) report(`no test depends on ${untested.join(', ')}`);
  return tests;
}
