import { xmlDocument, type Redact, type XmlElement } from './xml';

/** How a test ended. Only `passed` counts as proven. */
export type CaseOutcome =
  | { readonly is: 'passed' }
  | { readonly is: 'skipped'; readonly message: string; readonly evidence?: string }
  | { readonly is: 'failure' | 'error'; readonly message: string; readonly evidence: string };

/** An attempt of a test that has another one. */
export interface FailedAttempt {
  readonly is: 'failure' | 'error';
  readonly message: string;
  readonly evidence: string;
  /** Path of what its command has printed. */
  readonly output: string;
}

export interface JunitCase {
  readonly title: string;
  readonly seconds: number;
  readonly outcome: CaseOutcome;
  /**
   * Of a test that passed, the attempts that failed before; of one that failed, those that failed
   * after it. In the elements of Surefire: `flakyFailure`, `rerunFailure`.
   */
  readonly repeated?: readonly FailedAttempt[];
}

/** The tests of one file. */
export interface JunitSuite {
  /** Path of the file in the repository. */
  readonly file: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of the whole file. */
  readonly seconds: number;
  readonly cases: readonly JunitCase[];
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/**
 * The JUnit document of a run: a suite for each file, below one element with the sums.
 * `properties`: what the run was executed on. `redact`: removes secrets from a text.
 */
export function junitDocument(
  suites: readonly JunitSuite[],
  properties: Readonly<Record<string, string>>,
  redact: Redact,
): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const { tests, failures, errors } = countsOf(cases); // the schema of Jenkins has no others here
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0);
  const root: XmlElement = {
    name: 'testsuites',
    attributes: { name: 'tuningfork', tests, failures, errors, time: secondsText(seconds) },
    children: suites.map((suite) => suiteElement(suite, properties)),
  };
  return xmlDocument(root, redact);
}

function countsOf(cases: readonly JunitCase[]): Counts {
  const count = (...names: CaseOutcome['is'][]) => cases.filter(({ outcome }) => names.includes(outcome.is)).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

const suiteElement = (
  { file, startedAt, seconds, cases }: JunitSuite,
  properties: Readonly<Record<string, string>>,
): XmlElement => ({
  name: 'testsuite',
  attributes: {
    name: file,
    ...countsOf(cases),
    time: secondsText(seconds),
    timestamp: startedAt.replace(/(\.\d+)?Z$/, ''), // the schema has no zone
    file,
  },
  children: [
    {
      name: 'properties',
      children: Object.entries(properties).map(([name, value]) => ({ name: 'property', attributes: { name, value } })),
    },
    ...cases.map((each) => caseElement(file, each)),
  ],
});

const caseElement = (file: string, { title, seconds, outcome, repeated = [] }: JunitCase): XmlElement => ({
  name: 'testcase',
  attributes: { name: title, classname: file.replace(/\.test\.ts$/, ''), time: secondsText(seconds) },
  children: [
    ...(outcome.is === 'passed' ? [] : [outcomeElement(outcome)]),
    ...repeated.map((attempt) => attemptElement(outcome.is === 'passed' ? 'flaky' : 'rerun', attempt)),
  ].sort((one, other) => ORDER.indexOf(one.name) - ORDER.indexOf(other.name)),
});

/** In which the schema of Surefire has the elements of a case. */
const ORDER: readonly string[] = [
  ...['failure', 'rerunFailure', 'flakyFailure', 'skipped', 'error', 'rerunError', 'flakyError'],
];

const attemptElement = (kind: 'flaky' | 'rerun', { is, message, evidence, output }: FailedAttempt): XmlElement => ({
  name: `${kind}${is === 'failure' ? 'Failure' : 'Error'}`,
  attributes: { message, type: is },
  children: [
    { name: 'stackTrace', text: evidence },
    { name: 'system-out', text: output },
  ],
});

const outcomeElement = (outcome: Exclude<CaseOutcome, { is: 'passed' }>): XmlElement => ({
  name: outcome.is,
  attributes: { message: outcome.message, ...(outcome.is !== 'skipped' && { type: outcome.is }) },
  ...(outcome.evidence !== undefined && { text: outcome.evidence }),
});

const secondsText = (seconds: number): string => seconds.toFixed(3);
