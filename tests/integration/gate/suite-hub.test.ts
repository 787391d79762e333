import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunModel } from '../../../helpers/run-report/run-model';
import { attempt, claimOf, failure, runOf } from '../../unit/run-report/runs';
import { spawnCli, waitForOutcome } from '../embedded/cli-process';
import { REPORT, startHubOnDatabase } from './started-hub';
import { testDirectory } from '../../test-directory';

jest.setTimeout(120_000);

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  chmodSync(directory, 0o755); // PostgreSQL runs as another user
});

const HOSTILE = '</script><script>alert(1)</script>';
const DAY_MS = 86_400_000;

const red = claimOf({ result: 'failed', failure: failure({ summary: HOSTILE }) });

const suiteReport = (run: Partial<RunModel>, repository: object = {}) => ({
  schema: 'suite-report/1',
  repository: { name: 'fork', branch: 'main', commit: 'c1', dirty: false, ...repository },
  host: 'ci-1',
  run: { ...runOf([red]), from: Date.now() - 5_000, to: Date.now(), ...run },
});

test('a run of the scenarios is posted once, and its report is shown', async () => {
  const { api, url, stop } = await startHubOnDatabase(directory);
  const model = join(directory, 'm3x9.report.json');
  writeFileSync(model, JSON.stringify({ ...runOf([red, claimOf({ id: 'T2.8a' })]), from: Date.now(), to: Date.now() }));
  const post = () => waitForOutcome(spawnCli(['report', model, '--post', '--hub', url]));

  const posts = [await post(), await post()];
  const list = await api.get<{ data: object[] }>('/api/v1/runs');
  const page = await api.get<string>('/runs/1');
  const report = await api.get<string>('/runs/1/report');
  const assets = await Promise.all(['/report.js', '/report.css', '/hub.css'].map((path) => api.get<string>(path)));
  await stop();

  expect(posts.map(({ code }) => code)).toEqual([0, 0]);
  expect(list.data.data).toMatchObject([{ kind: 'suite', name: 'm3x9', outcome: 'failed', passed: 1, failed: 1 }]);
  expect(page.data).toContain('href="/runs/1/report#T2.8b"');
  expect(page.data).not.toContain('<script');
  expect(report.data.match(/<script/g)).toHaveLength(2);
  expect(report.data).not.toMatch(/<script>|alert\(1\)<\/script/);
  expect(assets.map(({ status, headers }) => [status, headers['content-type']])).toEqual([
    [200, 'text/javascript; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
  ]);
});

test('a run that is none of the scenarios is rejected whole, with each problem', async () => {
  const { api, stop } = await startHubOnDatabase(directory);

  const { status, data } = await api.post<object>(
    '/api/v1/runs',
    suiteReport({ exit: 'one' as never, claims: 1 as never }),
  );
  const list = await api.get('/api/v1/runs');
  await stop();

  expect([status, data]).toEqual([
    422,
    { code: 'REPORT_INVALID', error: '/run/exit: must be integer; /run/claims: must be array' },
  ]);
  expect(list.data).toEqual({ data: [] });
});

test('runs are selected by branch, result and the name of a failed test', async () => {
  const { api, stop } = await startHubOnDatabase(directory);
  await api.post('/api/v1/runs', suiteReport({ run: 'aaaa' }));
  await api.post('/api/v1/runs', suiteReport({ run: 'bbbb', exit: 0, claims: [claimOf()] }, { branch: 'x' }));
  await api.post('/api/v1/runs', REPORT);
  const names = async (query: string) =>
    (await api.get<{ data: { name: string }[] }>(`/api/v1/runs?${query}`)).data.data.map(({ name }) => name);

  const selected = await Promise.all(
    ['repository=fork', 'branch=x', 'outcome=failed', 'text=ALWAYS%20fails', 'text=100%25', 'branch='].map(names),
  );
  const page = await api.get<string>('/repositories/fork?text=nothing');
  const refused = await api.get('/api/v1/runs?outcome=green');
  await stop();

  expect(selected).toEqual([
    ['bbbb', 'aaaa'],
    ['bbbb'],
    ['greeter-1f2e3d4c', 'aaaa'],
    ['aaaa'],
    [],
    ['greeter-1f2e3d4c', 'bbbb', 'aaaa'],
  ]);
  expect([page.status, page.data.includes('No run matches.'), refused.status]).toEqual([200, true, 400]);
});

/** The names below the heading of the flaky tests. */
const flakyOn = (page: string): string[] => {
  const [, below = ''] = page.split('Flaky tests');
  return [...below.matchAll(/<td>(T2\.\w+)/g)].map(([, name]) => name!);
};

test('a test is flaky that failed and passed in a run, or in two of a commit', async () => {
  const { api, stop } = await startHubOnDatabase(directory);
  const at = (daysAgo: number) => ({ from: Date.now() - daysAgo * DAY_MS, to: Date.now() - daysAgo * DAY_MS });
  const failing = (id: string) => claimOf({ id, result: 'failed', failure: failure() });
  const repeated = claimOf({ id: 'T2.9a', attempts: [attempt()] });
  const post = (run: Partial<RunModel>, commit: string | null) =>
    api.post('/api/v1/runs', suiteReport(run, { commit }));
  await post({ run: 'a', ...at(2), claims: [failing('T2.8b'), repeated, failing('T2.8c'), failing('T2.8d')] }, 'c1');
  await post({ run: 'b', ...at(1), claims: [claimOf({ id: 'T2.8b' }), failing('T2.8c')] }, 'c1');
  await post({ run: 'c', ...at(1), claims: [claimOf({ id: 'T2.8c' })] }, 'c2');
  await post({ run: 'd', ...at(1), claims: [claimOf({ id: 'T2.8d' })] }, null);
  await post({ run: 'e', ...at(40), claims: [claimOf({ id: 'T2.8e', attempts: [attempt()] })] }, 'c0');

  const page = await api.get<string>('/repositories/fork');
  await stop();

  expect(flakyOn(page.data).sort()).toEqual(['T2.8b', 'T2.9a']);
});

test('a failed test of a sandbox is named beside its run', async () => {
  const { api, stop } = await startHubOnDatabase(directory);
  const test = {
    command: 'npm test',
    exit_code: 1,
    timed_out: false,
    killed: 0,
    ms: 1,
    stdout_tail: [],
    stderr_tail: [],
    cases: { passed: 1, failed: 1, skipped: 0 },
    failed_cases: [{ name: 'greets <b>', message: 'it was 4' }],
    files: { stdout: 'o', stderr: 'e' },
  };
  await api.post('/api/v1/runs', { ...REPORT, test });

  const pages = await Promise.all(['/', '/runs/1'].map((path) => api.get<string>(path)));
  await stop();

  for (const { data } of pages) expect(data).toContain('greets &lt;b&gt;');
});
