import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePageSync } from '../../bin/bundle-page';
import { makeDirectory } from '../make-directory';
import { readJsonFile } from '../read-json-file';
import { parseRecords, type TestRecord } from '../scenario/test-records';
import { failureText } from './failure-text';
import { htmlReport, REPORT_PAGE } from './html-report';
import { RunModel } from './run-model';

/** Runs whose results the history of a report has. */
const PAST_RUNS = 30;

const MODEL = '.report.json';

/** The newest run with a report in a directory of results. Throws where there is none. */
export function newestModel(directory: string): string {
  const [newest] = newestFirst(directory, MODEL);
  if (newest === undefined) throw new Error(`${directory} has no *${MODEL}: run \`npx jest tests/e2e/tier2\` first`);
  return newest;
}

/** Reads what a run has written. Throws with the path and the faults where the file is none. */
export const readModel = (path: string): RunModel => readJsonFile(RunModel, path);

/** The data of a run in a directory of results. */
export const modelPath = (directory: string, run: string): string => join(directory, `${run}${MODEL}`);

/**
 * Writes what a run found: `<run>.report.json`, `report.html`, and `failures/<id>.md` for each
 * claim that failed. The text of a claim that has passed since is removed. Returns the path of the
 * page. Throws what the file system throws.
 */
export function writeReportFiles(directory: string, run: RunModel, root: string): string {
  const page = join(directory, 'report.html');
  writeFileSync(modelPath(directory, run.run), `${JSON.stringify(run)}\n`);
  writeFileSync(page, htmlReport(run, bundlePageSync(root, REPORT_PAGE)));
  const failures = join(directory, 'failures');
  makeDirectory(failures);
  for (const claim of run.claims) {
    const path = join(failures, `${claim.id.replaceAll('/', '-')}.md`);
    if (claim.failure) writeFileSync(path, failureText(claim, claim.failure, run));
    else if (claim.result !== 'not proven') rmSync(path, { force: true });
  }
  return page;
}

/**
 * The records of the runs before this one, the oldest first. A file that is none, of another
 * version, is left out, and `report` receives a line about it.
 */
export const readPastRecords = (directory: string, run: string, report: (line: string) => void): TestRecord[] =>
  newestFirst(directory, '.jsonl')
    .filter((path) => path !== join(directory, `${run}.jsonl`))
    .slice(0, PAST_RUNS)
    .reverse()
    .flatMap((path) => {
      try {
        return parseRecords(readFileSync(path, 'utf8'));
      } catch (error) {
        report(`${path} is not in the history: ${String(error)}`);
        return [];
      }
    });

const newestFirst = (directory: string, ending: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, name))
    .map((path) => ({ path, changed: statSync(path).mtimeMs }))
    .sort((one, other) => other.changed - one.changed)
    .map(({ path }) => path);
