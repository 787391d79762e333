import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createInterface } from 'node:readline';
import axios, { type AxiosInstance } from 'axios';
import { repositoryRoot } from '../../../helpers/repository-root';
import { withSourcePlaces } from '../../../helpers/scenario/evidence/source-frames';
import { createEmptyDatabase, createTestDatabase } from '../database/test-servers';
import { spawnCli, waitForExit, waitForOutcome } from '../embedded/cli-process';
import { webRepository } from '../sandbox/sandbox-cli';
import { REPORT, startHub, startHubOnDatabase, stop } from './started-hub';
import { testDirectory } from '../../test-directory';
import { queryOnce } from '../database/query-once';

jest.setTimeout(120_000);

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  chmodSync(directory, 0o755); // PostgreSQL runs as another user
});

test('S2-26 a report is stored once, listed, and shown with its text escaped', async () => {
  const { api, stop } = await startHubOnDatabase(directory);
  const headers = { 'idempotency-key': 'k1' };

  const first = await api.post('/api/v1/runs', REPORT, { headers });
  const second = await api.post('/api/v1/runs', REPORT, { headers });
  const list = await api.get('/api/v1/runs', { params: { repository: REPORT.repository.name } });
  const run = await api.get('/api/v1/runs/1');
  const pages = await Promise.all(
    ['/', '/repositories/greeter%20%3Cb%3E', '/runs/1'].map((path) => api.get<string>(path)),
  );
  await stop();

  expect([first.status, first.data]).toEqual([201, { data: { id: 1, created: true } }]);
  expect([second.status, second.data]).toEqual([200, { data: { id: 1, created: false } }]);
  expect(list.data).toMatchObject({ data: [{ id: 1, outcome: 'failed', failure_code: 'TEST_FAILED', exit_code: 1 }] });
  expect(run.data).toMatchObject({ data: { id: 1, report: REPORT } });
  for (const { status, data, headers: sent } of pages) {
    expect({ status, type: sent['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(data).toContain('greeter &lt;b&gt;');
    expect(data).not.toMatch(/<b>|<script>/);
  }
});

test('S2-26 a request that fails is logged with its error and its path', async () => {
  const database = await createEmptyDatabase();
  const hub = spawnCli(['hub', 'serve', '--port', '0', '--database-url', database.url, '--json', '--exit-with-stdin']);
  const logged: string[] = [];
  createInterface(hub.stderr).on('line', (line) => logged.push(line));
  const [line] = (await once(createInterface(hub.stdout), 'line')) as [string];
  await queryOnce(database.url, 'alter table run rename to moved');

  const { status } = await axios.get(`${(JSON.parse(line) as { url: string }).url}/api/v1/runs`, {
    validateStatus: () => true,
  });
  await stop(hub);
  await database.stop();

  expect(status).toBe(500);
  const [entry] = logged
    .filter((each) => each.startsWith('{'))
    .map((each) => JSON.parse(each) as Record<string, unknown>);
  expect(entry).toMatchObject({
    level: 50,
    method: 'GET',
    path: '/api/v1/runs',
    err: { message: expect.stringContaining('relation "run" does not exist') },
  });
  const places = withSourcePlaces((entry!.err as { stack: string }).stack, repositoryRoot());
  expect(places.split('\n').find((each) => / at .*\.ts:/.test(each))).toMatch(/tools\/hub\/\S+\.ts:\d+/);
});

test('S2-26 a report is removed once it is older than the hub keeps', async () => {
  const database = await createEmptyDatabase();
  const serve = () => startHub(directory, {}, '--keep-days', '2', '--database-url', database.url);
  const receivedDaysAgo = (id: number, days: number) =>
    queryOnce(database.url, `update run set received = now() - interval '${days} days 1 hour' where id = ${id}`);
  const ids = async (api: AxiosInstance) =>
    (await api.get<{ data: { id: number }[] }>('/api/v1/runs')).data.data.map(({ id }) => id);
  const first = await serve();
  for (const key of ['1', '2']) await first.api.post('/api/v1/runs', REPORT, { headers: { 'idempotency-key': key } });
  await receivedDaysAgo(1, 2);
  await receivedDaysAgo(2, 1);

  await first.api.post('/api/v1/runs', REPORT, { headers: { 'idempotency-key': '3' } });
  const afterReport = await ids(first.api);
  await stop(first.cli);
  await receivedDaysAgo(2, 2);
  const second = await serve();
  const afterStart = await ids(second.api);
  await stop(second.cli);
  await database.stop();

  expect([afterReport, afterStart]).toEqual([[3, 2], [3]]);
});

test('S2-27 an invalid report is rejected whole, with each problem', async () => {
  const { api, stop } = await startHubOnDatabase(directory);

  const { status, data } = await api.post<unknown>('/api/v1/runs', { ...REPORT, exit_code: 'one', more: 1 });
  const text = await api.post('/api/v1/runs', 'text', { headers: { 'content-type': 'text/plain' } });
  const absent = await api.get('/api/v1/runs/7');
  const list = await api.get('/api/v1/runs');
  await stop();

  expect({ status, data }).toEqual({
    status: 422,
    data: {
      code: 'REPORT_INVALID',
      error: '/: must NOT have additional properties (more); /exit_code: must be integer',
    },
  });
  expect([text.status, absent.status, list.data]).toEqual([415, 404, { data: [] }]);
});

test('S2-28 without a token, only addresses of this host are served', async () => {
  const { api, stop } = await startHubOnDatabase(directory);

  const other = await api.get('/', { headers: { host: 'reports.example.test' } });
  await stop();
  const beyond = await waitForOutcome(spawnCli(['hub', 'serve', '--host', '0.0.0.0', '--port', '0']));

  expect([other.status, other.data]).toEqual([403, expect.objectContaining({ code: 'FORBIDDEN' })]);
  expect(beyond).toMatchObject({ code: 2, stderr: expect.stringContaining('HUB_TOKEN_MISSING') as string });
});

test('S2-28 with a token, every request needs it', async () => {
  const { api, stop } = await startHubOnDatabase(directory, { HUB_TOKEN: 'secret' });
  const status = async (authorization: string) => (await api.get('/', { headers: { authorization } })).status;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  const statuses = await Promise.all(
    ['', 'Bearer other', 'Bearer secret', basic('me:secret'), basic('secret')].map(status),
  );
  await stop();

  expect(statuses).toEqual([401, 401, 200, 200, 200]);
});

test('S2-29 runs are posted and shown, also after the hub was killed', async () => {
  using repository = webRepository('true', '');
  const first = await startHub(directory);
  const run = await repository.run('--hub', first.url);
  const killed = waitForExit(first.cli);
  first.cli.kill('SIGKILL');
  await killed;

  const { cli, url } = await startHub(directory);
  const shown = await repository.hub(['show', 'repository', '--json', '--hub', url]);
  const text = await repository.hub(['show', '--hub', url]);
  await stop(cli);

  expect(run.code).toBe(0);
  expect(JSON.parse(shown.stdout)).toMatchObject([{ name: run.report.run.name, outcome: 'passed' }]);
  expect(text.stdout).toContain(` ${run.report.run.name} `);
});

test('a hub and a platform share no database', async () => {
  const ofPlatform = await createTestDatabase();

  const hub = await waitForOutcome(spawnCli(['hub', 'serve', '--port', '0', '--database-url', ofPlatform.url]));
  await ofPlatform.stop();

  expect(hub).toMatchObject({ code: 2, stderr: expect.stringContaining('MIGRATION_SET_CONFLICT') as string });
  expect(hub.stderr).toMatch(/the migrations of the set platform \([\w.-]+\), and not those of the set hub/);
});

test('S2-28 every response has one type, and runs only what the hub serves', async () => {
  const { api, stop } = await startHubOnDatabase(directory);
  const paths = ['/', '/runs/1', '/repositories/%3Cb%3E', '/runs/x', '/no/such', '/api/v1/runs', '/api/v1/runs/1'];

  const responses = await Promise.all(paths.map((path) => api.get<string>(path)));
  const refused = await api.get<string>('/', { headers: { host: 'elsewhere.example' } });
  await stop();

  expect(responses.map(({ status }) => status)).toEqual([200, 404, 404, 400, 404, 200, 404]);
  for (const { headers } of [...responses, refused])
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
});
