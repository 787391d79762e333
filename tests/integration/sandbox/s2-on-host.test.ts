import { once } from 'node:events';
import { join } from 'node:path';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { waitForExit } from '../embedded/cli-process';
import { FakeHub } from './fake-hub';
import { cloneOf, commit, git } from './git-clone';
import { manifest, webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

test('S2-24 a clone that is behind is tested at the newest commit', async () => {
  using repository = webRepository('cat version', '');
  const clone = cloneOf(repository);
  const second = commit(repository, 'second');

  const { code, stdout } = await repository.cli(['on-host', clone, '--json']);

  const report = JSON.parse(stdout) as SandboxReport;
  expect({ code, commit: report.repository.commit, host: report.host }).toEqual({
    code: 0,
    commit: second,
    host: 'local',
  });
  expect(report.test!.stdout_tail).toEqual(['second']);
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-24 a clone whose manifest was invalid is tested once it is mended', async () => {
  using repository = webRepository('true', 'timeout: 0\n');
  const clone = cloneOf(repository);
  repository.write('e2e/e2e.yml', manifest('cat version'));
  commit(repository, 'second');

  const { code, stdout } = await repository.cli(['on-host', clone, '--json']);

  expect(code).toBe(0);
  expect((JSON.parse(stdout) as SandboxReport).test!.stdout_tail).toEqual(['second']);
});

test('S2-24 a clone that has diverged starts nothing, and is reported', async () => {
  await using hub = await FakeHub.start();
  using repository = webRepository('cat version', '');
  const clone = cloneOf(repository);
  commit(repository, 'second');
  git(clone, 'commit', '-q', '--allow-empty', '-m', 'another');

  const { code } = await repository.cli(['on-host', clone, '--json', '--hub', hub.url]);

  expect({ code, left: repository.leftBehind(), reports: hub.reports }).toMatchObject({
    code: 3,
    left: [],
    reports: [{ failure: { code: 'GIT_NOT_FAST_FORWARD' }, test: null, exit_code: 3 }],
  });
  expect(await repository.cli(['list'])).toMatchObject({ code: 0, stdout: 'no run has anything on its host\n' });
  expect(hub.reports[0]!.phases.map(({ outcome }) => outcome)).toEqual(Array(6).fill('skipped'));
});

test('S2-24 an upstream that is gone is reported with the words of git', async () => {
  using repository = webRepository('true', '');
  const clone = cloneOf(repository);
  git(clone, 'remote', 'set-url', 'origin', join(clone, 'none'));

  const { code, stderr } = await repository.cli(['on-host', clone]);

  expect(code).toBe(3);
  expect(stderr).toMatch(/^GIT_FETCH_FAILED: .*\/clone: fatal: .*\/none' does not appear to be a git repository$/m);
});

test('S2-24 a second run at once is rejected with the process of the first', async () => {
  using repository = webRepository('echo started; exec sleep 20', '');
  const clone = cloneOf(repository);
  const first = repository.spawn(['on-host', clone]);
  const ended = waitForExit(first);
  await once(first.stdout, 'data');

  const second = await repository.cli(['on-host', clone]);

  expect(second).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      `RUN_ALREADY_ACTIVE: ${clone} is being run on this host as process ${first.pid}\n`,
    ) as string,
  });
  first.kill('SIGINT');
  await ended;
  expect(repository.leftBehind()).toEqual([]);
});
