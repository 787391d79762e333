import type { TestCase, TestSuite } from '../../../contract/pack-tests';
import { parsePytest } from './parse-pytest';
import { parseSimple } from './parse-simple';
import { parseTap } from './parse-tap';
import { parseUnittest } from './parse-unittest';
import { testCase, type ParsedOutput, type ParseOutput, type SuiteOutput } from './parsed-output';
import type { ResultFormat, SuitePlan } from './testing-block';

/** How the program of a suite ended. */
export interface SuiteRun extends SuiteOutput {
  /** Why it did not end by itself, or with which code it ended; null: with 0. */
  readonly problem: string | null;
  /** The ends of its streams. */
  readonly tails: SuiteOutput;
  readonly durationMs: number;
}

const PARSERS: Readonly<Record<ResultFormat, ParseOutput>> = {
  simple: parseSimple,
  tap: parseTap,
  unittest: parseUnittest,
  pytest: parsePytest,
};

const MAX_CASES = 200;
const MAX_MESSAGES = 50;
const MAX_NAME_LENGTH = 300;
const MAX_MESSAGE_LENGTH = 4_096;
const NO_TEST_RAN = 'no test ran';

/**
 * The tests of a suite. A program that did not end with 0 and reports no failed test counts as one
 * failed test more, and so does one that reports no test at all.
 */
export function suiteResult({ name, runner, format }: SuitePlan, run: SuiteRun): TestSuite {
  const parsed = PARSERS[format](run) ?? (format === 'simple' ? wholeSuite(name, run) : null);
  const { cases, counts } = parsed ?? { cases: [], counts: { passed: 0, failed: 0, skipped: 0 } };
  const { passed, failed, skipped } = counts;
  const error = programError(name, run, parsed, failed);
  const total = passed + failed + skipped + (error === null ? 0 : 1);
  const isOutputKept = error !== null || cases.length > 0;
  const all = [...(error === null ? [] : [error]), ...(isOutputKept ? cases : [summaryCase(name, run, failed)])];
  return {
    name,
    runnerType: runner,
    total,
    passed,
    skipped,
    failed: failed + (error === null ? 0 : 1),
    durationMs: run.durationMs,
    testCases: limitCases(all),
  };
}

/** A script without counts is one test. */
const wholeSuite = (name: string, run: SuiteRun): ParsedOutput | null =>
  run.problem !== null
    ? null
    : { cases: [outputCase(name, 'passed', run)], counts: { passed: 1, failed: 0, skipped: 0 } };

function programError(name: string, run: SuiteRun, parsed: ParsedOutput | null, failed: number): TestCase | null {
  if (run.problem !== null && failed === 0)
    return { ...outputCase(name, parsed === null ? 'error' : 'failed', run), errorMessage: run.problem };
  if (parsed === null) return { ...outputCase(name, 'error', run), errorMessage: run.problem ?? NO_TEST_RAN };
  const { counts } = parsed;
  const isEmpty = counts.passed + counts.failed + counts.skipped === 0;
  return isEmpty ? { ...outputCase(name, 'error', run), errorMessage: NO_TEST_RAN } : null;
}

/** The output of a program that reports counts alone. */
const summaryCase = (name: string, run: SuiteRun, failed: number): TestCase => ({
  ...outputCase(name, failed > 0 ? 'failed' : 'passed', run),
  errorMessage: failed > 0 ? (run.problem ?? `${failed} failed`) : null,
});

const outputCase = (name: string, status: TestCase['status'], { tails, durationMs }: SuiteRun): TestCase =>
  testCase(name, status, { durationMs, stdout: tails.stdout, stderr: tails.stderr });

/** The first cases, those that failed before the others; the first messages. */
function limitCases(cases: readonly TestCase[]): TestCase[] {
  const hasFailed = ({ status }: TestCase) => status === 'failed' || status === 'error';
  const ordered =
    cases.length > MAX_CASES ? [...cases.filter(hasFailed), ...cases.filter((test) => !hasFailed(test))] : cases;
  let messages = 0;
  return ordered.slice(0, MAX_CASES).map((test) => ({
    ...test,
    name: cut(test.name, MAX_NAME_LENGTH),
    errorMessage:
      test.errorMessage === null || ++messages > MAX_MESSAGES ? null : cut(test.errorMessage, MAX_MESSAGE_LENGTH),
  }));
}

/** Half a surrogate pair at the end becomes U+FFFD. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/\p{Surrogate}/gu, '\uFFFD');
