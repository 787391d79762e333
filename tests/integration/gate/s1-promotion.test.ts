import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyText, type HistoryEntry } from '../../../tools/gate/history';
import { outputOf, spawnCli } from '../embedded/cli-process';
import { testDirectory } from '../../test-directory';

const POLICY = `branch: main
window: 10
checks:
  - id: tier1
    state: required
    jobs: [embedded, plain]
    tests: [T1.]
    owners: [Ada]
  - id: leases
    state: advisory
    jobs: [embedded, plain]
    tests: [S3-07]
    owners: [Grace]
`;

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  writeFileSync(join(directory, 'policy.yml'), POLICY);
});

const policyText = (): string => readFileSync(join(directory, 'policy.yml'), 'utf8');

/** Runs `tuningfork gate …` on the policy and the history of the test. */
function gate(command: string, ...args: string[]) {
  const history = ['promote', 'record', 'status'].includes(command) ? ['--history', join(directory, 'history')] : [];
  const policy = join(directory, 'policy.yml');
  return outputOf(spawnCli(['gate', command, ...args, '--policy', policy, ...history], { NO_COLOR: '1' }));
}

type Outcome = 'passed' | 'failed';

/** Writes the results file of a job, and returns the argument that names it. */
function resultsOf(job: string, outcomes: Readonly<Record<string, Outcome>>): string {
  const path = join(directory, `${job}.jsonl`);
  const measured = { title: 'a title', budget: 1, seconds: 1, latencyMs: 0, jitterMs: 0, missing: [] };
  const records = Object.entries(outcomes).map(([id, result]) => ({ id, class: result, ...measured }));
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return `${job}=${path}`;
}

/** The verdict on a run whose jobs both have these results. */
const check = (outcomes: Readonly<Record<string, Outcome>>, ...options: string[]) =>
  gate('check', '--results', resultsOf('embedded', outcomes), resultsOf('plain', outcomes), ...options);

const RESULTS: Readonly<Record<string, HistoryEntry['result']>> = { g: 'passed', r: 'failed', c: 'cancelled' };

/** Writes the history of the advisory check: a letter for each run of a job, g, r or c. */
function writeHistory(jobs: Readonly<Record<string, string>>, branch = 'main'): void {
  const entries = Object.entries(jobs).flatMap(([job, letters]) =>
    Array.from(letters, (letter, n): HistoryEntry => ({
      run: `run ${n}`,
      branch,
      commit: `commit ${n}`,
      job,
      check: 'leases',
      result: RESULTS[letter]!,
      at: new Date(60_000 * n).toISOString(),
    })),
  );
  writeFileSync(join(directory, 'history'), historyText(entries));
}

const green = (runs: number): string => 'g'.repeat(runs);

test('S1-41 a red advisory check does not gate, and is annotated', async () => {
  const { code, stdout } = await check({ 'T1.4a': 'passed', 's3_lease/S3-07': 'failed' }, '--github');

  expect(code).toBe(0);
  expect(stdout.split('\n').slice(-5, -1)).toEqual([
    'ADVISORY_CHECK_FAILED: leases failed: s3_lease/S3-07',
    'required_failures: 0, required_missing: 0, advisory_failures: 1, quarantined_failures: 0',
    'verdict: passed',
    '::warning title=ADVISORY_CHECK_FAILED::leases failed: s3_lease/S3-07',
  ]);
});

test.each([
  ['the window of one job is open', { embedded: green(9), plain: green(10) }, '9 of 10'],
  ['one run was cancelled', { embedded: green(10), plain: `${green(5)}c${green(4)}` }, '9 of 10'],
])('S1-42 a check is not promoted where %s', async (_, jobs, count) => {
  writeHistory(jobs);

  const { code, stderr } = await gate('promote', 'leases', '--approver', 'Ada');

  expect({ code, policy: policyText() }).toEqual({ code: 2, policy: POLICY });
  expect(stderr).toContain(`PROMOTION_WINDOW_OPEN: leases has ${count} consecutive green runs on main`);
});

test('S1-42 a promotion after the window needs a name, and is stored', async () => {
  writeHistory({ embedded: green(10), plain: green(10) });

  const anonymous = await gate('promote', 'leases');
  const before = policyText();
  const named = await gate('promote', 'leases', '--approver', 'Ada');

  expect(anonymous).toMatchObject({ code: 2, stderr: expect.stringContaining('PROMOTION_NEEDS_APPROVER') as string });
  expect(before).toBe(POLICY);
  expect(named).toEqual({ code: 0, stdout: 'leases: advisory → required\n', stderr: '' });
  const today = new Date().toISOString().slice(0, 10);
  expect(policyText()).toBe(
    `${POLICY.replace('advisory', 'required')}    promoted:\n      approver: Ada\n      on: ${today}\n`,
  );
  expect(await check({ 'T1.4a': 'passed', 's3_lease/S3-07': 'failed' })).toMatchObject({ code: 1 });
});

test.each([
  ['after a red run', `${green(9)}r${green(9)}`, 'main', '9 of 10'],
  ['on another branch', green(20), 'topic', '0 of 10'],
])('S1-43 the window counts no green run %s', async (_, runs, branch, count) => {
  writeHistory({ embedded: runs, plain: runs }, branch);

  const { code, stderr } = await gate('promote', 'leases', '--approver', 'Ada');

  expect(code).toBe(2);
  expect(stderr).toContain(`PROMOTION_WINDOW_OPEN: leases has ${count} consecutive green runs on main`);
  expect(policyText()).toBe(POLICY);
});

test('S1-44 a quarantine has an owner, and does not gate until its end', async () => {
  const red = { 'T1.4a': 'failed', 's3_lease/S3-07': 'passed' } as const;
  const reason = ['--reason', 'issue 41', '--until', '2099-12-31'];

  const unowned = await gate('quarantine', 'tier1', ...reason);
  const gating = await check(red);
  const owned = await gate('quarantine', 'tier1', ...reason, '--owner', 'Ada');
  const during = await check(red);
  writeFileSync(join(directory, 'policy.yml'), policyText().replace('2099-12-31', '2020-12-31'));
  const after = await check(red);

  expect([unowned, gating, owned, during, after].map(({ code }) => code)).toEqual([2, 1, 0, 0, 1]);
  expect(unowned.stderr).toContain('QUARANTINE_NEEDS_OWNER: name who answers for tier1');
  expect(during.stdout).toContain('QUARANTINED_CHECK_FAILED: tier1 failed: T1.4a');
  expect(during.stdout).toContain('advisory_failures: 0, quarantined_failures: 1');
  expect(after.stdout).toContain('QUARANTINE_EXPIRED: tier1 gates again');
  expect(after.stdout).toContain('REQUIRED_CHECK_FAILED: tier1 failed: T1.4a');
});

test('S1-45 a required check that did not report fails the verdict', async () => {
  const absent = await check({ 's3_lease/S3-07': 'passed' });
  const oneJob = await gate('check', '--results', resultsOf('embedded', { 'T1.4a': 'passed' }));
  const green = await check({ 'T1.4a': 'passed', 's3_lease/S3-07': 'failed' });

  expect([absent.code, oneJob.code, green.code]).toEqual([1, 1, 0]);
  expect(absent.stdout).toContain('REQUIRED_CHECK_MISSING: tier1 has no proven test of job embedded and plain');
  expect(oneJob.stdout).toContain('REQUIRED_CHECK_MISSING: tier1 has no proven test of job plain');
  expect(green.stdout).toContain('verdict: passed');
});
