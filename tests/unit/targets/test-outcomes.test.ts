import { suitesOf, type FileResult } from '../../../helpers/jest/test-outcomes';
import type { TestRecord } from '../../../helpers/scenario/test-records';
import { factsOf } from '../helpers/run/local-run-facts';

const known = [{ claim: 'T1.4d', reason: 'it is late', link: 'https://example.org/1', expires: '2027-03-31' }];
const declarations = { about: 'a platform', capabilities: {}, notProven: {}, known };
const RUN = { ...factsOf('/d'), declarations, absences: { rbac: 'POST /roles answered 404' } };

const record = (id: string, title: string, result: TestRecord['class'], missing: string[] = []): TestRecord => ({
  id,
  title,
  class: result,
  missing,
  budget: 1,
  seconds: 1,
  latencyMs: 0,
  jitterMs: 0,
  ...(result === 'known red' && { error: 'received 2' }),
});

const jestTest = (title: string, status: string, ...failureMessages: string[]) => ({
  title,
  fullName: title,
  status,
  duration: 1_500,
  failureMessages,
});

const fileOf = (testFilePath: string, testResults: FileResult['testResults'], failureMessage?: string): FileResult => ({
  testFilePath,
  testResults,
  perfStats: { start: 0, runtime: 2_000 },
  ...(failureMessage !== undefined && { failureMessage }),
});

const TIER_FILE = '/root/tests/e2e/tier1/t1-04-webhooks.test.ts';
const SYSTEM_FILE = '/root/tests/e2e/systems/s3-lease.test.ts';

const outcomesIn = (file: FileResult, records: readonly TestRecord[]) =>
  suitesOf([file], '/root', { run: RUN, records }).flatMap(({ cases }) => cases.map(({ outcome }) => outcome));

test('each class of a claim has its outcome, and what was not selected none', () => {
  const records = [
    record('T1.4a', 'one', 'passed'),
    record('T1.4b', 'two', 'not proven', ['rbac']),
    record('T1.4c', 'three', 'environment'),
    record('T1.4d', 'four', 'known red'),
    record('T1.4e', 'five', 'not selected'),
  ];
  const file = fileOf(TIER_FILE, [
    jestTest('T1.4a one', 'passed'),
    jestTest('T1.4b two', 'pending'),
    jestTest('T1.4c three', 'failed', '\u001b[31mslack 9 s\u001b[39m\nmore'),
    jestTest('T1.4d four (declared as known red)', 'passed'),
    jestTest('T1.4e five', 'pending'),
    jestTest('T1.4f six', 'pending'),
  ]);

  expect(outcomesIn(file, records)).toEqual([
    { is: 'passed' },
    { is: 'skipped', message: 'not proven (rbac): POST /roles answered 404' },
    { is: 'error', message: 'slack 9 s', evidence: 'slack 9 s\nmore' },
    {
      is: 'skipped',
      message: 'known red: until 2027-03-31: it is late (https://example.org/1)',
      evidence: 'received 2',
    },
  ]);
});

test('a system test has the record of its own file', () => {
  const title = 'S3-07 a lease is held by one';
  const records = [record('s3_other/S3-07', title, 'passed'), record('s3_lease/S3-07', title, 'not proven', ['rbac'])];

  expect(outcomesIn(fileOf(SYSTEM_FILE, [jestTest(title, 'pending')]), records)).toMatchObject([{ is: 'skipped' }]);
});

test('a file that cannot be run is one error, one without selected tests none', () => {
  const broken = fileOf('/root/tests/unit/a.test.ts', [], 'Cannot find module');
  const empty = fileOf('/root/tests/unit/b.test.ts', [jestTest('a', 'pending')]);

  expect(suitesOf([broken, empty], '/root', { run: null, records: [] })).toEqual([
    {
      file: 'tests/unit/a.test.ts',
      startedAt: '1970-01-01T00:00:00.000Z',
      seconds: 2,
      cases: [
        {
          title: 'the file can be run',
          seconds: 0,
          outcome: { is: 'error', message: 'Cannot find module', evidence: 'Cannot find module' },
        },
      ],
    },
  ]);
});
