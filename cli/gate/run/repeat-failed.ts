import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planRepeats, REPEAT_LIMIT_S, type RepeatedTest, type StepResult } from '../../../tools/gate/run/attempts';
import { REPORT_FILE, type RunReport, type RunResults } from '../../../tools/gate/run/run-report';
import { messageOf } from '../../../helpers/errors';
import { runJunit } from './run-junit';
import { repeatTest, type StepRun } from './run-step';
import { printNotice } from '../../line-printer';

/** Runs the failed tests again one after the other, when all steps have ended. */
export async function repeatFailed(
  run: StepRun,
  results: readonly StepResult[],
): Promise<Pick<RunResults, 'tests' | 'refused'>> {
  const { repeated, refused } = planRepeats(results);
  if (refused !== null) return { tests: results.flatMap(({ failures }) => failures.map(unrepeated)), refused };
  const startedAt = performance.now();
  const tests: RepeatedTest[] = [];
  for (const [n, failed] of repeated.entries()) {
    const isLate = performance.now() - startedAt > 1_000 * REPEAT_LIMIT_S;
    tests.push(isLate ? unrepeated(failed) : { ...failed, second: await repeatTest(run, failed, n + 1) });
  }
  return { tests, refused: tests.some(({ second }) => second === null) ? LATE : null };
}

const unrepeated = (failed: StepResult['failures'][number]): RepeatedTest => ({ ...failed, second: null });

const LATE = `after ${REPEAT_LIMIT_S} s of repetitions, the tests that were left were not repeated`;

/** `report.json` and `junit.xml`, with every attempt. One that cannot be written is a warning. */
export function writeReports(root: string, report: RunReport, shown: RunResults): void {
  const write = (name: string, content: string): void => {
    const path = join(root, report.directory, name);
    try {
      writeFileSync(path, content);
    } catch (error) {
      printNotice(`${path} is not written: ${messageOf(error)}`);
    }
  };
  write(REPORT_FILE, `${JSON.stringify(report, null, 2)}\n`);
  write('junit.xml', runJunit(root, report, shown));
}
