import { Value } from '@sinclair/typebox/value';
import { SandboxReport } from '../../../contract/sandbox-report';
import { FakeHub } from './fake-hub';
import { CHOSEN_HOST, manifest, WEB_CHECK, webRepository, type SandboxRepository } from './sandbox-cli';

jest.setTimeout(120_000);

test('S2-20 the report is complete, and arrives once where an answer is lost', async () => {
  await using hub = await FakeHub.start();
  using repository = webRepository('echo out', `closes: [TASK-7]\n${WEB_CHECK}`);
  hub.unanswered = 1;

  const { code, stdout, stderr } = await repository.cli(['run', repository.root, '--json'], { HUB_URL: hub.url });

  expect({ code, stderr, posts: hub.posts, stored: hub.reports.length }).toEqual({
    code: 0,
    stderr: '',
    posts: 2,
    stored: 1,
  });
  const [report] = hub.reports as [SandboxReport];
  expect(report).toEqual(JSON.parse(stdout));
  expect([...Value.Errors(SandboxReport, report)]).toEqual([]);
  expect(report).toMatchObject({
    run: { name: `trial-${report.run.id}` },
    repository: { name: 'repository', branch: null, commit: null, dirty: null },
    host: CHOSEN_HOST,
    labels: { closes: ['TASK-7'] },
    leaks: [],
    kept: [],
    checks: [{ name: 'web', ready: true, last_status: 200 }],
    test: { exit_code: 0, stdout_tail: ['out'] },
  });
  const times = report.phases.map(({ started_at: started }) => Date.parse(started!));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(Date.parse(report.started_at));
  expect(repository.spooled()).toEqual([]);
});

/** A repository whose test command ends with this exit code. */
const endingWith = (exit: number): SandboxRepository => webRepository(`exit ${exit}`, '');

test('S2-21 a hub that is down gets each report later', async () => {
  await using hub = await FakeHub.start();
  using repository = endingWith(0);
  await hub.stop();

  const runs = [];
  for (const exit of [0, 1]) {
    repository.write('e2e/e2e.yml', manifest(`exit ${exit}`));
    runs.push(await repository.cli(['run', repository.root, '--json', '--hub', hub.url]));
  }
  const waiting = repository.spooled();
  await hub.start();
  const flushed = await repository.hub(['flush', '--json', '--hub', hub.url]);
  const again = await repository.hub(['flush', '--hub', hub.url]);

  expect(runs.map(({ code }) => code)).toEqual([0, 1]);
  for (const { stderr } of runs) expect(stderr).toMatch(/^HUB_UNREACHABLE: http.*ECONNREFUSED/m);
  expect(waiting).toHaveLength(2);
  expect({ code: flushed.code, ...(JSON.parse(flushed.stdout) as object) }).toEqual({
    code: 0,
    waiting: 0,
    flushed: waiting.map((name) => ({ name, outcome: 'stored' })),
  });
  expect(hub.reports).toEqual(runs.map(({ stdout }) => JSON.parse(stdout) as SandboxReport));
  expect({ posts: hub.posts, again }).toMatchObject({ posts: 2, again: { code: 0, stdout: 'no report waits\n' } });
});

test('S2-21 a rejected report is set aside and not posted again', async () => {
  await using hub = await FakeHub.start();
  using repository = endingWith(0);
  hub.status = 422;

  const run = await repository.cli(['run', repository.root, '--hub', `${hub.url}/reports`]);
  const status = await repository.hub(['status', '--json']);
  const flushed = await repository.hub(['flush', '--hub', hub.url]);

  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/^HUB_REJECTED: .*: 422 answer of POST \/reports; the report is in .*\/rejected$/m);
  expect(JSON.parse(status.stdout)).toMatchObject({ waiting: 0, oldest: null, rejected: 1 });
  expect({ posts: hub.posts, flushed }).toMatchObject({ posts: 1, flushed: { code: 0 } });
});

test('S2-21 a report that is rejected later is exit 1', async () => {
  await using hub = await FakeHub.start();
  using repository = endingWith(0);
  await hub.stop();
  await repository.cli(['run', repository.root, '--hub', hub.url]);
  hub.status = 400;
  await hub.start();

  const { code, stdout } = await repository.hub(['flush', '--hub', hub.url]);

  expect({ code, spooled: repository.spooled() }).toEqual({ code: 1, spooled: [] });
  expect(stdout).toMatch(/^HUB_REJECTED: .*\.json: 400 answer of POST \/api\/v1\/runs$/m);
});

test('S2-20 an address that is no URL is exit 2 before anything is started', async () => {
  using repository = endingWith(0);

  expect(await repository.cli(['run', repository.root, '--hub', 'localhost:1'])).toMatchObject({
    code: 2,
    stderr: 'tuningfork: HUB_URL_INVALID: localhost:1 is no URL of a hub; right would be http://127.0.0.1:8090\n',
  });
  expect(await repository.cli(['run', repository.root, '--hub', 'http://me:secret@localhost:1'])).toMatchObject({
    code: 2,
    stderr: 'tuningfork: HUB_URL_INVALID: the URL of the hub has credentials; right would be HUB_TOKEN\n',
  });
  expect(repository.ledgers()).toEqual([]);
});
