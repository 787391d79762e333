import { junitReport } from '../../../helpers/run-report/junit-report';
import type { ClaimModel, RunModel } from '../../../helpers/run-report/run-model';
import { junitFaults, surefireFaults } from '../tools/junit-faults';
import { parseXml, type ParsedElement } from '../tools/parse-xml';
import { attempt, claimOf, failure, runOf } from './runs';

const red = (more: Partial<ClaimModel> = {}) => claimOf({ result: 'failed', failure: failure(), ...more });

const CLAIMS: readonly ClaimModel[] = [
  claimOf({ id: 'T2.8a' }),
  red({ attempts: [attempt({ seconds: 0.4 }), attempt({ result: 'environment' })] }),
  claimOf({ id: 'T2.8c', attempts: [attempt()] }),
  claimOf({ id: 'T2.8d', result: 'not proven', reason: 'no cap', from: null, to: null }),
  claimOf({ id: 'T2.8e', result: 'known red', reason: 'until 2027', failure: failure({ error: 'it was 9' }) }),
  claimOf({ id: 's0_audit/S0-01', title: 'S0-01 a', tier: 'systems', file: 'tests/e2e/systems/s0-audit.test.ts' }),
];

const elements = (root: ParsedElement): ParsedElement[] => [root, ...root.children.flatMap(elements)];
const casesOf = (run: RunModel) => elements(parseXml(junitReport(run))).filter(({ tag }) => tag === 'testcase');

test('the document of a run is valid for Jenkins, and its suites for Surefire', async () => {
  const document = junitReport({ ...runOf(CLAIMS), reasons: ['T2.8d is not proven'] });

  expect(await junitFaults(document)).toEqual([]);
  expect(await surefireFaults(document)).toEqual([]);
});

test.each([
  ['GitLab and CircleCI', 'testcase', ['name', 'classname', 'time']],
  ['Buildkite', 'testcase', ['name', 'classname']],
  ['action-junit-report of GitHub', 'testsuite', ['file']],
  ['action-junit-report of GitHub', 'failure', ['message']],
])('%s finds what it reads of a %s', (_service, tag, names) => {
  const found = elements(parseXml(junitReport(runOf(CLAIMS)))).filter((element) => element.tag === tag);

  expect(found.length).toBeGreaterThan(0);
  for (const { attributes } of found) for (const name of names) expect(attributes[name]).toMatch(/./);
});

test('a case is the only one with its class and its name, as GitLab needs it', () => {
  const names = casesOf(runOf(CLAIMS)).map(({ attributes: { classname, name } }) => `${classname} ${name}`);

  expect(new Set(names).size).toBe(CLAIMS.length);
});

test('a case has an element for each attempt that failed', () => {
  expect(
    casesOf(runOf(CLAIMS)).map(({ attributes, children }) => [attributes.name, children.map(({ tag }) => tag)]),
  ).toEqual([
    ['T2.8a a task that always fails ends failed', []],
    ['T2.8b a task that always fails ends failed', ['failure', 'rerunFailure', 'rerunError']],
    ['T2.8c a task that always fails ends failed', ['flakyFailure']],
    ['T2.8d a task that always fails ends failed', ['skipped']],
    ['T2.8e a task that always fails ends failed', ['skipped']],
    ['S0-01 a', []],
  ]);
});

test('a skipped case has its result and its reason', () => {
  const skipped = elements(parseXml(junitReport(runOf(CLAIMS)))).filter(({ tag }) => tag === 'skipped');

  expect(skipped.map(({ attributes, text }) => [attributes.message, text])).toEqual([
    ['not proven: no cap', ''],
    ['known red: until 2027', 'it was 9'],
  ]);
});

test('a run that is red beside its claims has a case that is an error', () => {
  const reasons = ['T2.8d is not proven: the target lacks x', 'T2.8e is green'];
  const [, error] = casesOf({ ...runOf([claimOf()]), exit: 5, reasons });

  expect(error).toMatchObject({
    attributes: { name: 'the run' },
    children: [{ tag: 'error', text: reasons.join('\n') }],
  });
  expect(casesOf({ ...runOf([claimOf()]), exit: 0, reasons })).toHaveLength(1);
});

test('a suite is as long as its attempts, from the start of the first', () => {
  const run = runOf([claimOf({ from: 5_000, to: 6_000, attempts: [attempt({ from: 2_000, to: 3_000 })] })]);

  expect(parseXml(junitReport(run)).children[0]!.attributes).toMatchObject({
    time: '4.000',
    timestamp: '1970-01-01T00:00:02',
  });
});
