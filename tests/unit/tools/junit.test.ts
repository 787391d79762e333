import { junitDocument, type FailedAttempt, type JunitSuite } from '../../../helpers/report/junit';
import { redact } from '../../../helpers/report/redact';
import { junitFaults, surefireFaults } from './junit-faults';
import { parseXml, type ParsedElement } from './parse-xml';

const HOSTILE = `]]> <a href="x">&amp;'\t\n\r\u0000\u0008\u001b[31m\uFFFE 😀 \uD800`;
/** The same, with U+FFFD for each character that XML does not allow. */
const READ = `]]> <a href="x">&amp;'\t\n\r\uFFFD\uFFFD\uFFFD[31m\uFFFD 😀 \uFFFD`;

const attempt = (is: FailedAttempt['is']): FailedAttempt => ({
  is,
  message: 'expected 1',
  evidence: HOSTILE,
  output: 'results/a.log',
});

const SUITES: readonly JunitSuite[] = [
  {
    file: 'tests/e2e/tier1/t1-04-webhooks.test.ts',
    startedAt: '2026-11-24T10:00:00.123Z',
    seconds: 3.5,
    cases: [
      { title: 'T1.4a one', seconds: 1.25, outcome: { is: 'passed' } },
      { title: HOSTILE, seconds: 0, outcome: { is: 'skipped', message: HOSTILE } },
      { title: 'T1.4c', seconds: 0.5, outcome: { is: 'failure', message: 'expected 1', evidence: HOSTILE } },
    ],
  },
  {
    file: 'tests/unit/a.test.ts',
    startedAt: '2026-11-24T10:00:01.000Z',
    seconds: 0.25,
    cases: [{ title: 'a', seconds: 0.25, outcome: { is: 'error', message: 'too slow', evidence: 'slack' } }],
  },
  {
    file: 'tests/unit/b.test.ts',
    startedAt: '2026-11-24T10:00:01.000Z',
    seconds: 1,
    cases: [
      { title: 'passed alone', seconds: 0.5, outcome: { is: 'passed' }, repeated: [attempt('failure')] },
      {
        title: 'failed again',
        seconds: 0.5,
        repeated: [attempt('error')],
        outcome: { is: 'error', message: 'first', evidence: 'first' },
      },
    ],
  },
];

const PROPERTIES = { 'target.url': 'http://127.0.0.1:8080/?a=1&b="2"' };
const document = junitDocument(SUITES, PROPERTIES, (text) => text);
const parsed = parseXml(document);

const elements = (root: ParsedElement): ParsedElement[] => [root, ...root.children.flatMap(elements)];

test('the document is valid against the schema of Jenkins', async () => {
  expect(await junitFaults(document)).toEqual([]);
  expect(await junitFaults(document.replace('classname', 'klass'))).toEqual([
    expect.stringContaining("attribute 'klass' is not allowed"),
  ]);
});

test('each suite is valid against the schema of Surefire', async () => {
  expect(await surefireFaults(document)).toEqual([]);
  expect(await surefireFaults(document.replace('classname', 'klass'))).toContainEqual(
    expect.stringContaining("attribute 'klass' is not allowed"),
  );
});

test('the attempts of a case are in the order of the schema of Surefire', () => {
  const cases = [
    { title: 'a', seconds: 1, repeated: [attempt('error'), attempt('failure')], outcome: { is: 'passed' as const } },
  ];
  const root = parseXml(junitDocument([{ ...SUITES[0]!, cases }], {}, (text) => text));

  const found = elements(root).find(({ tag }) => tag === 'testcase')!;
  expect(found.children.map(({ tag }) => tag)).toEqual(['flakyFailure', 'flakyError']);
});

test('each suite has the counts of its cases, and the root their sums', () => {
  const countsOf = ({ attributes: { tests, failures, errors, skipped, time } }: ParsedElement) =>
    [tests, failures, errors, skipped ?? '-', time].join(' ');

  expect(parsed.children.map(countsOf)).toEqual(['3 1 0 1 3.500', '1 0 1 0 0.250', '2 0 1 0 1.000']);
  expect(countsOf(parsed)).toBe('6 1 2 - 4.750');
  for (const suite of [parsed, ...parsed.children]) {
    const inside = elements(suite).map(({ tag }) => tag);
    const count = (name: string) => String(inside.filter((tag) => tag === name).length);
    expect(suite.attributes).toMatchObject({
      tests: count('testcase'),
      failures: count('failure'),
      errors: count('error'),
      ...(suite !== parsed && { skipped: count('skipped') }),
    });
  }
});

test('titles, messages and evidence keep every character that XML allows', () => {
  const cases = elements(parsed).filter(({ tag }) => tag === 'testcase');

  expect(cases.map(({ attributes }) => attributes.name)).toEqual([
    ...['T1.4a one', READ, 'T1.4c', 'a', 'passed alone', 'failed again'],
  ]);
  expect(cases[1]!.children[0]!.attributes.message).toBe(READ);
  expect(cases[2]!.children[0]!.text).toBe(READ);
});

test('every attempt of a repeated test has its text and its output', () => {
  const attemptsOf = (title: string) =>
    elements(parsed)
      .find(({ attributes }) => attributes.name === title)!
      .children.map(({ tag }) => tag);
  const flaky = elements(parsed).find(({ tag }) => tag === 'flakyFailure')!;

  expect(attemptsOf('passed alone')).toEqual(['flakyFailure']);
  expect(attemptsOf('failed again')).toEqual(['error', 'rerunError']);
  expect(flaky.children.map(({ tag, text }) => [tag, text])).toEqual([
    ['stackTrace', READ],
    ['system-out', 'results/a.log'],
  ]);
});

test('each suite has the properties of the target, and a time without a zone', () => {
  for (const { children, attributes } of parsed.children) {
    expect(children[0]!.children.map((property) => property.attributes)).toEqual([
      { name: 'target.url', value: 'http://127.0.0.1:8080/?a=1&b="2"' },
    ]);
    expect(attributes.timestamp).toMatch(/^2026-11-24T10:00:0[01]$/);
  }
});

test('a secret is removed from every text, also if XML escapes a part of it', () => {
  const secret = 'p&ss<w"rd';
  const outcome = { is: 'failure' as const, message: `a ${secret}`, evidence: `b ${secret}` };
  const suites = [{ ...SUITES[1]!, cases: [{ title: `c ${secret}`, seconds: 0, outcome }] }];

  const root = parseXml(junitDocument(suites, { login: secret }, (text) => redact(text, [secret])));

  const texts = elements(root).flatMap(({ attributes, text }) => [...Object.values(attributes), text.trim()]);
  expect(texts.filter((text) => text.includes('***'))).toEqual(['***', 'c ***', 'a ***', 'b ***']);
  expect(texts.join()).not.toContain('ss<w');
});
