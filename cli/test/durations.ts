import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../helpers/errors';
import { DURATION_TABLE, readDurationTable, updateDurations, type Durations } from '../../helpers/jest/durations';
import { readJestReport, type JestReport } from '../../helpers/jest/jest-report';
import { readLastRun } from '../../helpers/jest/last-run';
import { resultsDirectory } from '../../helpers/jest/results-directory';
import { usageError } from '../failures';

/**
 * Writes the committed table of durations with what Jest's reports state, or else with what the
 * last runs on this machine measured. Throws CommandError, exit 2, for a report that cannot be
 * read, and where nothing was measured.
 */
export function writeDurations(reports: readonly string[], root: string): void {
  const measured = reports.length > 0 ? fromReports(reports, root) : lastDurations(root);
  const count = Object.keys(measured).length;
  if (count === 0) throw usageError('NOTHING_MEASURED: run tests first, or name reports of `npx jest --json`');
  const isThere = (file: string): boolean => existsSync(join(root, file));
  const table = updateDurations(readDurationTable(root), measured, isThere);
  writeFileSync(join(root, DURATION_TABLE), `${JSON.stringify(table, null, 2)}\n`);
  process.stdout.write(`${DURATION_TABLE}: ${count} files measured, ${Object.keys(table).length} in the table\n`);
}

function lastDurations(root: string): Durations {
  try {
    return readLastRun(resultsDirectory(root, process.env)).durations;
  } catch (error) {
    throw usageError(`RESULTS_INVALID: ${messageOf(error)}`);
  }
}

const fromReports = (reports: readonly string[], root: string): Durations =>
  Object.fromEntries(
    reports.flatMap((path) =>
      readReport(path).testResults.flatMap(({ name, status, startTime, endTime, assertionResults }) => {
        const file = pathInClone(root, name);
        const isMeasured = status === 'passed' && assertionResults.some((test) => test.status === 'passed');
        return file === null || !isMeasured ? [] : [[file, (endTime - startTime) / 1_000] as const];
      }),
    ),
  );

function readReport(path: string): JestReport {
  try {
    return readJestReport(path);
  } catch (error) {
    throw usageError(`RESULTS_INVALID: ${messageOf(error)}`);
  }
}

/** The longest end of a path, which may be of another clone, that is a file of this one. */
function pathInClone(root: string, path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '');
  const ends = parts.map((_, n) => parts.slice(n).join('/'));
  return ends.find((end) => existsSync(join(root, end))) ?? null;
}
