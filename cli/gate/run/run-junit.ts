import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isFlaky, type Attempt, type RepeatedTest, type StepResult } from '../../../tools/gate/run/attempts';
import type { RunReport, RunResults } from '../../../tools/gate/run/run-report';
import { junitDocument, type FailedAttempt, type JunitCase, type JunitSuite } from '../../../helpers/report/junit';
import { redact, secretsOf } from '../../../helpers/report/redact';
import { readJestReport, type JestFile, type JestTest } from '../../../helpers/jest/jest-report';
import { firstLine } from '../../../helpers/line-of-text';

/** The JUnit document of a run of the gate, with every attempt and without secrets. */
export function runJunit(root: string, report: RunReport, { results, tests }: RunResults): string {
  const { commit, directory, startedAt } = report;
  const suites = results.flatMap((result) => suitesOf(root, startedAt, result, tests));
  const secrets = secretsOf(process.env);
  return junitDocument(suites, { commit, directory }, (text) => redact(text, secrets));
}

function suitesOf(root: string, startedAt: string, result: StepResult, tests: readonly RepeatedTest[]): JunitSuite[] {
  const own = tests.filter(({ step }) => step === result.step);
  if (result.report !== null)
    return readJestReport(join(root, result.report)).testResults.map((file) => suiteOf(root, file, own));
  return own.map((test) => ({
    file: test.file,
    startedAt,
    seconds: result.seconds,
    cases: [caseOf(test)],
  }));
}

function suiteOf(root: string, file: JestFile, tests: readonly RepeatedTest[]): JunitSuite {
  const path = relative(root, file.name);
  const own = tests.filter((test) => test.file === path);
  const { startTime, endTime } = file;
  return {
    file: path,
    startedAt: new Date(startTime).toISOString(),
    seconds: (endTime - startTime) / 1_000,
    cases: [...file.assertionResults.flatMap((test) => testCase(test, own)), ...own.filter(isFile).map(caseOf)],
  };
}

const isFile = ({ extent }: RepeatedTest): boolean => extent === 'file';

/** Tests that did not run are left out: the report does not state why. */
function testCase(
  { fullName, status, duration, failureMessages }: JestTest,
  tests: readonly RepeatedTest[],
): JunitCase[] {
  const [title, seconds] = [fullName, (duration ?? 0) / 1_000];
  if (status === 'passed') return [{ title, seconds, outcome: { is: 'passed' } }];
  if (status !== 'failed') return [];
  const test = tests.find(({ extent, name }) => extent === 'test' && name === fullName);
  if (test) return [caseOf(test)];
  const evidence = stripVTControlCharacters(failureMessages.join('\n\n'));
  return [{ title, seconds, outcome: { is: 'failure', message: firstLine(evidence), evidence } }];
}

function caseOf(test: RepeatedTest): JunitCase {
  const { first, second, name, extent } = test;
  const base = { title: extent === 'file' ? 'the file can be run' : name, seconds: first.seconds };
  const failed = (attempt: Attempt): FailedAttempt => ({
    is: extent === 'test' ? 'failure' : 'error',
    message: attempt.message,
    evidence: attempt.evidence,
    output: attempt.output,
  });
  if (isFlaky(test)) return { ...base, outcome: { is: 'passed' }, repeated: [failed(first)] };
  return { ...base, outcome: failed(first), ...(second && { repeated: [failed(second)] }) };
}
