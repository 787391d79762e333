import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEntry } from '../../../tools/gate/history';
import { repositoryRoot } from '../../../helpers/repository-root';
import { outputOf, spawnCli } from '../embedded/cli-process';
import { testDirectory } from '../../test-directory';

const POLICY = join(repositoryRoot(), 'gate/policy.yml');

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  writeFileSync(inDirectory('policy.yml'), readFileSync(POLICY, 'utf8').replaceAll(/^ +inventory: .*\n/gm, ''));
});

const inDirectory = (name: string): string => join(directory, name);

/** By the project's policy, without its inventories: the results have few tests. */
function gate(args: readonly string[], env: Record<string, string> = {}, policy = inDirectory('policy.yml')) {
  return outputOf(spawnCli(['gate', ...args, '--policy', policy], { NO_COLOR: '1', ...env }));
}

/** Writes a report of Jest with one file of each tier, and returns its path. */
function jestReport(name: string, tests: Readonly<Record<string, string>>): string {
  const testResults = Object.entries(tests).map(([title, status]) => ({
    name: `/clone/tests/e2e/${title.startsWith('T') ? 'tier1/t1-04-webhooks' : 'systems/s3-lease'}.test.ts`,
    status,
    message: '',
    startTime: 0,
    endTime: 1,
    assertionResults: [{ title, fullName: title, status, failureMessages: [] }],
  }));
  writeFileSync(inDirectory(name), JSON.stringify({ testResults }));
  return inDirectory(name);
}

test('the results of a run are appended to the history, and counted', async () => {
  const report = jestReport('first.json', { 'T1.4a one': 'failed', 'T2.1a two': 'passed', 'S3-07 three': 'pending' });
  const repeated = jestReport('again.json', { 'T1.4a one': 'passed', 'T2.1a two': 'pending' });
  const history = ['--history', inDirectory('history/runs.jsonl')];
  const results = ['--results', `embedded=${report}`, `embedded=${repeated}`];

  const recorded = await gate(['record', ...results, '--cancelled', 'slow', '--run', '7', ...history], {
    GITHUB_REF_NAME: 'main',
    GITHUB_SHA: '3f2a91c',
  });
  const status = await gate(['status', '--json', ...history]);

  expect(recorded).toEqual({
    code: 0,
    stdout: 'tier1 of embedded: flaky\ntier2 of embedded: passed\nslow-target of slow: cancelled\n',
    stderr: '',
  });
  const lines = readFileSync(inDirectory('history/runs.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as HistoryEntry)[0]).toMatchObject({
    run: '7',
    branch: 'main',
    commit: '3f2a91c',
    job: 'embedded',
    check: 'tier1',
    result: 'flaky',
  });
  const { checks } = JSON.parse(status.stdout) as {
    checks: { id: string; window: object; flake_rate: number | null }[];
  };
  expect(checks[0]).toMatchObject({
    id: 'tier1',
    window: { green: 0, needed: 10, jobs: { embedded: 0, plain: 0 } },
    flake_rate: 1,
  });
});

test('GitHub Actions gets annotations and a summary, and a program gets JSON', async () => {
  const report = jestReport('red.json', { 'T1.4a one': 'failed' });
  const variables = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: inDirectory('summary.md') };

  const { code, stdout, stderr } = await gate(['check', '--json', '--results', `embedded=${report}`], variables);

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'failed', required_failures: 1, required_missing: 3 });
  expect(stderr).toContain('::error title=REQUIRED_CHECK_FAILED::tier1 failed: T1.4a\n');
  expect(readFileSync(variables.GITHUB_STEP_SUMMARY, 'utf8')).toContain(
    '| tier1 | required | failed | embedded failed, plain absent |\n',
  );
});

test('a summary that cannot be written leaves the verdict and its exit code', async () => {
  const report = jestReport('red.json', { 'T1.4a one': 'failed' });
  const variables = { GITHUB_STEP_SUMMARY: '/proc/none/summary.md' };

  const { code, stdout, stderr } = await gate(['check', '--json', '--results', `embedded=${report}`], variables);

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'failed' });
  expect(stderr).toMatch(/GITHUB_STEP_SUMMARY=\/proc\/none\/summary\.md is not written: ENOENT/);
});

test('SC-03 results that were cut off at the end of a line fail their check', async () => {
  const census = JSON.parse(readFileSync(join(repositoryRoot(), 'tests/e2e/census.json'), 'utf8')) as { id: string }[];
  const ids = census.map(({ id }) => id).filter((id) => /^T[12]\./.test(id));
  const measured = { budget: 1, seconds: 1, latencyMs: 1, jitterMs: 1, missing: [], from: 0, to: 1, process: 1 };
  const line = (id: string) => JSON.stringify({ id, title: id, class: 'passed', ...measured });
  const write = (name: string, lines: readonly string[]) => {
    writeFileSync(inDirectory(name), `${lines.join('\n')}\n`);
    return ['--results', `embedded=${inDirectory(name)}`, `plain=${inDirectory(name)}`];
  };
  const lines = ids.map(line);

  const whole = await gate(['check', ...write('whole.jsonl', lines)], {}, POLICY);
  const cut = await gate(['check', ...write('cut.jsonl', lines.slice(0, -2))], {}, POLICY);

  expect(whole.stdout).not.toContain('INVENTORY_DRIFT');
  expect(cut.code).toBe(1);
  expect(cut.stdout).toContain(`INVENTORY_DRIFT: tier2 lacks a result of: ${ids.slice(-2).join(', ')}\n`);
  const record = ['record', ...write('cut.jsonl', lines.slice(0, -2)), '--run', '8', '--branch', 'main'];
  const recorded = await gate([...record, '--commit', '3f2a91c', '--history', inDirectory('runs.jsonl')], {}, POLICY);
  expect(recorded.stdout).toContain('tier1 of plain: passed\ntier2 of embedded: failed\ntier2 of plain: failed\n');
});

test.each([
  ['no job', ['check', '--results', 'a.jsonl'], 2, '--results a.jsonl names no job: use JOB=FILE with embedded, plain'],
  [
    'another job',
    ['check', '--results', 'night=a.jsonl'],
    2,
    'the policy has no job night: use embedded, plain, ssh, slow',
  ],
  ['no file', ['check', '--results', 'slow=/none.jsonl'], 2, 'RESULTS_INVALID: /none.jsonl: ENOENT'],
  ['no run', ['record', '--cancelled', 'slow'], 2, 'the run has no name: give it with --run'],
  [
    'no place for the history',
    ['record', '--run', '7', '--branch', 'main', '--cancelled', 'slow', '--history', '/proc/none/runs.jsonl'],
    3,
    'HISTORY_NOT_WRITTEN: /proc/none/runs.jsonl: ENOENT',
  ],
  ['no results', ['record', '--run', '7'], 5, 'NOTHING_PROVEN: no check has a result'],
  ['no such check', ['promote', 'tier9'], 2, 'CHECK_UNKNOWN: the policy has no check tier9: use one of tier1'],
  ['an empty result file', ['check', '--results', 'slow=/dev/null'], 5, ''],
])('%s: %j is exit %i', async (_, args, code, message) => {
  const ended = await gate(args);

  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(message);
});
