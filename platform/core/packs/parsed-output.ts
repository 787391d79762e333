import type { TestCase } from '../../../contract/pack-tests';

/** What the program of a suite wrote. */
export interface SuiteOutput {
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The tests that an output reports. `counts` includes those that have no case. */
export interface ParsedOutput {
  readonly cases: readonly TestCase[];
  readonly counts: TestCounts;
}

/** Null: the output reports no end of its tests. */
export type ParseOutput = (output: SuiteOutput) => ParsedOutput | null;

const MAX_LINE_LENGTH = 2_000;

/** Longer lines are cut. */
export const linesOf = (text: string): string[] =>
  text.split(/\r?\n/).map((line) => (line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line));

export const testCase = (
  name: string,
  status: TestCase['status'],
  rest: Partial<Omit<TestCase, 'name' | 'status'>> = {},
): TestCase => ({ name, status, durationMs: 0, errorMessage: null, stdout: null, stderr: null, ...rest });

export function countCases(cases: readonly TestCase[]): TestCounts {
  const count = (...statuses: readonly TestCase['status'][]) =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  return { passed: count('passed'), failed: count('failed', 'error'), skipped: count('skipped') };
}
